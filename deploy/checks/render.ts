import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';

export const DEPLOY = path.dirname(__dirname);

/** An object of Kubernetes as a manifest writes it; its shape is checked by `typeErrors`. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Record<string, string> };
  readonly [field: string]: unknown;
}

export const hasKubectl = (): boolean => {
  try {
    execFileSync('kubectl', ['version', '--client'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

/** What `kubectl apply -k` would send. `folder` is relative to deploy/. */
export function rendered(folder: string): Manifest[] {
  return parsed(
    execFileSync('kubectl', ['kustomize', path.join(DEPLOY, folder)], {
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    }),
  );
}

interface Kustomization {
  readonly resources?: string[];
  readonly images?: { name: string; newName?: string; newTag?: string }[];
}

/**
 * For a machine without kubectl: the resources of a kustomization and of those it builds on as they stand in their files,
 * with the images it names. Patches and generators are not applied.
 */
export function written(folder: string): Manifest[] {
  const root = path.join(DEPLOY, folder);
  const [kustomization] = parsed<Kustomization>(readFileSync(path.join(root, 'kustomization.yaml'), 'utf8'));
  const manifests = (kustomization?.resources ?? []).flatMap((resource) =>
    resource.endsWith('.yaml')
      ? parsed(readFileSync(path.join(root, resource), 'utf8'))
      : written(path.relative(DEPLOY, path.join(root, resource))),
  );
  let text = JSON.stringify(manifests);
  for (const { name, newName = name, newTag } of kustomization?.images ?? [])
    text = text.replaceAll(`"image":"${name}"`, `"image":"${newName}:${newTag}"`);
  return JSON.parse(text) as Manifest[];
}

function parsed<Document = Manifest>(text: string): Document[] {
  return parseAllDocuments(text, { merge: true }).map((document) => {
    if (document.errors.length > 0) throw document.errors[0]!;
    return document.toJS() as Document;
  });
}
