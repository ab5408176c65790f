import path from 'node:path';
import ts from 'typescript';
import type { Manifest } from './render';

/** Where kubernetes-types (generated from Kubernetes' own API description) keeps each group's types. */
const GROUPS: Readonly<Record<string, string>> = {
  v1: 'core/v1',
  'apps/v1': 'apps/v1',
  'batch/v1': 'batch/v1',
  'policy/v1': 'policy/v1',
  'networking.k8s.io/v1': 'networking/v1',
  'autoscaling/v2': 'autoscaling/v2',
};

/**
 * What is wrong with the objects by the types of Kubernetes' API: a misspelt or misplaced field, a missing one, a value
 * of another type. Each object becomes a literal of its type and the compiler does the rest; unlike the API's own JSON
 * schema, which lets unknown fields pass, it refuses them.
 */
export function typeErrors(manifests: readonly Manifest[]): string[] {
  const unknown = manifests.filter(({ apiVersion }) => !(apiVersion in GROUPS));
  if (unknown.length > 0)
    return unknown.map(({ apiVersion, kind }) => `${apiVersion} ${kind} is of no group known here`);

  const file = path.join(__dirname, 'manifests.virtual.ts');
  const source = manifests
    .map((manifest, index) => {
      const type = `import('kubernetes-types/${GROUPS[manifest.apiVersion]}').${manifest.kind}`;
      return `export const ${nameOf(manifest, index)}: ${type} = ${JSON.stringify(manifest, null, 1)};`;
    })
    .join('\n');
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.CommonJS,
    moduleResolution: ts.ModuleResolutionKind.Node10,
  };
  const host = ts.createCompilerHost(options);
  const fromDisk = host.getSourceFile.bind(host);
  host.getSourceFile = (name, version) =>
    name === file ? ts.createSourceFile(name, source, version) : fromDisk(name, version);
  const program = ts.createProgram([file], options, host);
  return ts.getPreEmitDiagnostics(program).map((diagnostic) => {
    const message = ts.flattenDiagnosticMessageText(diagnostic.messageText, ' ');
    const before = source.slice(0, diagnostic.start ?? 0);
    return `${before.slice(before.lastIndexOf('export const ') + 13).split(':')[0]}: ${message}`;
  });
}

const nameOf = ({ kind, metadata }: Manifest, index: number) =>
  `${kind}_${metadata.name.replaceAll(/[^a-zA-Z0-9]/g, '_')}_${index}`;
