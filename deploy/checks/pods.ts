import type { Container, EnvVar, PodSpec, PodTemplateSpec } from 'kubernetes-types/core/v1';
import type { Manifest } from './render';

export interface Workload {
  readonly kind: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly pod: PodSpec;
}

/** Everything that makes pods. */
export function workloads(manifests: readonly Manifest[]): Workload[] {
  return manifests.flatMap((manifest) => {
    const template = templateOf(manifest);
    if (!template?.spec) return [];
    return [
      {
        kind: manifest.kind,
        name: manifest.metadata.name,
        labels: template.metadata?.labels ?? {},
        pod: template.spec,
      },
    ];
  });
}

function templateOf(manifest: Manifest): PodTemplateSpec | undefined {
  const spec = manifest['spec'] as
    { template?: PodTemplateSpec; jobTemplate?: { spec?: { template?: PodTemplateSpec } } } | undefined;
  return spec?.jobTemplate?.spec?.template ?? spec?.template;
}

/** What keeps a workload from the restricted standard, and from our own additions to it; one sentence each. */
export function weaknesses({ kind, name, pod }: Workload): string[] {
  const found: string[] = [];
  const expect = (holds: boolean, what: string) => {
    if (!holds) found.push(`${kind} ${name}: ${what}`);
  };
  expect(pod.automountServiceAccountToken === false, 'must not mount a service account token');
  expect(
    pod.serviceAccountName !== undefined && pod.serviceAccountName !== 'default',
    'must have its own service account',
  );
  expect(pod.securityContext?.runAsNonRoot === true, 'must not run as root');
  expect((pod.securityContext?.runAsUser ?? 0) > 0, 'must name a user other than root');
  expect(pod.securityContext?.seccompProfile?.type === 'RuntimeDefault', 'must use the default seccomp profile');
  expect(!pod.hostNetwork && !pod.hostPID && !pod.hostIPC, 'must not share namespaces of its host');
  expect(!pod.volumes?.some((volume) => volume.hostPath !== undefined), 'must not mount its host');
  expect((pod.terminationGracePeriodSeconds ?? 0) >= 30, 'must have 30 s to drain');
  for (const container of [...pod.containers, ...(pod.initContainers ?? [])]) {
    for (const what of weaknessesOf(container)) expect(false, `container ${container.name} ${what}`);
    if (kind === 'Deployment' || kind === 'StatefulSet') {
      for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe'] as const)
        expect(container[probe] !== undefined, `container ${container.name} must have a ${probe}`);
    }
  }
  return found;
}

function weaknessesOf({ image, resources, securityContext }: Container): string[] {
  const rules: [boolean, string][] = [
    [securityContext?.runAsNonRoot === true, 'must not run as root'],
    [securityContext?.allowPrivilegeEscalation === false, 'must not gain privileges'],
    [securityContext?.privileged !== true, 'must not be privileged'],
    [securityContext?.readOnlyRootFilesystem === true, 'must not write to its image'],
    [securityContext?.capabilities?.drop?.includes('ALL') === true, 'must drop all capabilities'],
    [(securityContext?.capabilities?.add ?? []).length === 0, 'must not add capabilities'],
    [securityContext?.seccompProfile?.type === 'RuntimeDefault', 'must use the default seccomp profile'],
    [resources?.requests?.['cpu'] !== undefined, 'must request cpu'],
    [resources?.requests?.['memory'] !== undefined, 'must request memory'],
    [resources?.limits?.['cpu'] !== undefined, 'must limit cpu'],
    [resources?.limits?.['memory'] !== undefined, 'must limit memory'],
    [
      /(:[^:/]+|@sha256:[0-9a-f]{64})$/.test(image ?? '') && !image?.endsWith(':latest'),
      'must name the version of its image',
    ],
  ];
  return rules.filter(([holds]) => !holds).map(([, what]) => what);
}

/** Every key of a Secret or ConfigMap that a workload's containers read. */
export function references(workload: Workload): { kind: 'Secret' | 'ConfigMap'; name: string; key?: string }[] {
  const { containers, volumes = [] } = workload.pod;
  return [
    ...containers.flatMap(({ env = [], envFrom = [] }) => [
      ...env.flatMap(({ valueFrom }) => [
        ...(valueFrom?.secretKeyRef ? [{ kind: 'Secret' as const, ...named(valueFrom.secretKeyRef) }] : []),
        ...(valueFrom?.configMapKeyRef ? [{ kind: 'ConfigMap' as const, ...named(valueFrom.configMapKeyRef) }] : []),
      ]),
      ...envFrom.flatMap(({ secretRef, configMapRef }) => [
        ...(secretRef ? [{ kind: 'Secret' as const, name: secretRef.name ?? '' }] : []),
        ...(configMapRef ? [{ kind: 'ConfigMap' as const, name: configMapRef.name ?? '' }] : []),
      ]),
    ]),
    ...volumes.flatMap(({ secret, configMap }) => [
      ...(secret ? [{ kind: 'Secret' as const, name: secret.secretName ?? '' }] : []),
      ...(configMap ? [{ kind: 'ConfigMap' as const, name: configMap.name ?? '' }] : []),
    ]),
  ];
}

const named = ({ name, key }: { name?: string; key: string }) => ({ name: name ?? '', key });

/** The environment a container gets; `secret` and `config` look values up. */
export function environmentOf(
  { env = [], envFrom = [] }: Container,
  valuesOf: (kind: 'Secret' | 'ConfigMap', name: string) => Readonly<Record<string, string>>,
): Record<string, string | undefined> {
  const whole = envFrom.flatMap(({ secretRef, configMapRef }) => [
    ...(configMapRef ? Object.entries(valuesOf('ConfigMap', configMapRef.name ?? '')) : []),
    ...(secretRef ? Object.entries(valuesOf('Secret', secretRef.name ?? '')) : []),
  ]);
  const single = env.map((variable: EnvVar): [string, string | undefined] => {
    const { secretKeyRef, configMapKeyRef } = variable.valueFrom ?? {};
    if (secretKeyRef) return [variable.name, valuesOf('Secret', secretKeyRef.name ?? '')[secretKeyRef.key]];
    if (configMapKeyRef) return [variable.name, valuesOf('ConfigMap', configMapKeyRef.name ?? '')[configMapKeyRef.key]];
    return [variable.name, variable.value];
  });
  return Object.fromEntries([...whole, ...single]);
}
