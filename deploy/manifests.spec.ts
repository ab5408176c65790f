import { readFileSync } from 'node:fs';
import { NATS_SERVICES } from '@ao/messaging';
import type { LabelSelector } from 'kubernetes-types/meta/v1';
import type { NetworkPolicySpec } from 'kubernetes-types/networking/v1';
import { typeErrors } from './checks/manifest-types';
import { environmentOf, references, weaknesses, workloads, type Workload } from './checks/pods';
import { hasKubectl, rendered, written, type Manifest } from './checks/render';
import { whyRefused } from './checks/service-config';
import { NATS_CONFIG_FILE, natsConfig, natsPasswordVariable } from './nats-config';

const kubectl = hasKubectl();
const overlays = ['overlays/dev', 'overlays/production'] as const;
const load = (folder: string): Manifest[] => (kubectl ? rendered(folder) : written(folder));
// Without kubectl the files are checked as they are written; what kustomize makes of them is then left to CI.
const how = kubectl ? 'as kustomize renders it' : 'as written, since there is no kubectl here to render it';

const DEPLOYMENTS = ['gateway', 'projections', 'identity', 'registry', 'discovery', 'tasks'];
const SCALED = ['gateway', 'identity', 'registry', 'discovery', 'tasks'];

const ofKind = (manifests: readonly Manifest[], kind: string) => manifests.filter((manifest) => manifest.kind === kind);
const namesOf = (manifests: readonly Manifest[]) => manifests.map(({ metadata }) => metadata.name).sort();

function selects(selector: LabelSelector | undefined, labels: Readonly<Record<string, string>>): boolean {
  const { matchLabels = {}, matchExpressions = [] } = selector ?? {};
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => operator === 'In' && values.includes(labels[key] ?? ''))
  );
}

describe.each(overlays)(`%s ${how}`, (folder) => {
  let manifests: Manifest[];
  let pods: Workload[];

  beforeAll(() => {
    manifests = load(folder);
    pods = workloads(manifests);
  });

  it('should hold only what the API of Kubernetes knows', () => {
    expect(typeErrors(manifests)).toEqual([]);
  });

  it('should run every container under the restricted standard, with limits and probes', () => {
    expect(pods.flatMap(weaknesses)).toEqual([]);
    const [namespace] = ofKind(manifests, 'Namespace');
    expect(namespace?.metadata.labels).toMatchObject({ 'pod-security.kubernetes.io/enforce': 'restricted' });
  });

  it('should give every workload its own service account', () => {
    const accounts = pods.map(({ pod }) => pod.serviceAccountName);
    expect(new Set(accounts).size).toBe(accounts.length);
    expect(namesOf(ofKind(manifests, 'ServiceAccount'))).toEqual(accounts.sort());
    for (const account of ofKind(manifests, 'ServiceAccount'))
      expect(account['automountServiceAccountToken']).toBe(false);
  });

  it('should give every service its probes, drain time, Service, disruption budget and autoscaler', () => {
    for (const name of DEPLOYMENTS) {
      const workload = pods.find((candidate) => candidate.kind === 'Deployment' && candidate.name === name)!;
      const [container] = workload.pod.containers;
      expect(container?.livenessProbe?.httpGet).toEqual({ path: '/health/live', port: 'health' });
      expect(container?.startupProbe?.httpGet).toEqual({ path: '/health/live', port: 'health' });
      expect(container?.readinessProbe?.httpGet).toEqual({ path: '/health/ready', port: 'health' });
      expect(workload.pod.terminationGracePeriodSeconds).toBe(30);

      const service = ofKind(manifests, 'Service').find(({ metadata }) => metadata.name === name);
      const { selector, ports } = service?.['spec'] as {
        selector: Record<string, string>;
        ports: { targetPort: string }[];
      };
      expect(selects({ matchLabels: selector }, workload.labels)).toBe(true);
      for (const { targetPort } of ports) expect(container?.ports?.map((port) => port.name)).toContain(targetPort);

      const budget = ofKind(manifests, 'PodDisruptionBudget').find(({ metadata }) => metadata.name === name);
      expect(selects((budget?.['spec'] as { selector: LabelSelector }).selector, workload.labels)).toBe(true);
    }
    const scaled = ofKind(manifests, 'HorizontalPodAutoscaler').map(
      (manifest) => (manifest['spec'] as { scaleTargetRef: { kind: string; name: string } }).scaleTargetRef,
    );
    expect(scaled.map(({ name }) => name).sort()).toEqual([...SCALED].sort());
    // An autoscaler and a fixed number would fight each other at every apply.
    for (const { name } of scaled) {
      const deployment = ofKind(manifests, 'Deployment').find(({ metadata }) => metadata.name === name);
      expect((deployment?.['spec'] as { replicas?: number }).replicas).toBeUndefined();
    }
  });

  it('should give the sealing keys to identity alone, as a file', () => {
    const mounts = pods.filter(({ pod }) =>
      pod.volumes?.some(({ secret }) => secret?.items?.some(({ key }) => key === 'sealing-keys')),
    );
    expect(mounts.map(({ name }) => name)).toEqual(['identity']);
    for (const { pod } of pods) {
      const names = pod.containers.flatMap(({ env = [] }) => env.map(({ name }) => name));
      expect(names).not.toContain('SEALING_KEYS');
    }
  });

  it('should give the keys of the certificate authority to the registry alone, as a file', () => {
    const mounts = pods.filter(({ pod }) =>
      pod.volumes?.some(({ secret }) => secret?.items?.some(({ key }) => key === 'ca-keys')),
    );
    expect(mounts.map(({ name }) => name)).toEqual(['registry']);
    for (const { pod } of pods) {
      const names = pod.containers.flatMap(({ env = [] }) => env.map(({ name }) => name));
      expect(names).not.toContain('CA_KEYS');
    }
  });

  it('should let nothing talk to anything but along the flows that are needed', () => {
    const policies = ofKind(manifests, 'NetworkPolicy').map((manifest) => manifest['spec'] as NetworkPolicySpec);
    expect(policies).toContainEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
    const portsFrom = (labels: Record<string, string>) =>
      policies
        .filter(({ podSelector }) => selects(podSelector, labels))
        .flatMap(({ egress = [] }) =>
          egress.flatMap(({ ports = [], to }) => (to ? ports.map(({ port }) => port) : ['any'])),
        );
    for (const { name, labels } of pods) {
      const ports = portsFrom(labels);
      expect(ports).not.toContain('any');
      expect(ports).toContain(53);
      const isStore = name === 'postgres' || name === 'nats';
      expect({ name, postgres: ports.includes(5432) }).toEqual({ name, postgres: !isStore });
      expect({ name, nats: ports.includes(4222) }).toEqual({ name, nats: DEPLOYMENTS.includes(name) });
      expect({ name, ssh: ports.includes(22) }).toEqual({ name, ssh: name === 'tasks' });
    }
    const into = (name: string) =>
      policies.filter(
        ({ podSelector, ingress }) => ingress && selects(podSelector, { 'app.kubernetes.io/name': name }),
      );
    expect(into('gateway').length).toBeGreaterThan(0);
    for (const { ingress = [] } of policies) for (const rule of ingress) expect(rule.ports?.length).toBeGreaterThan(0);
  });

  it('should name a program that exists in every command', () => {
    for (const { pod, name } of pods.filter((workload) => workload.name !== 'postgres' && workload.name !== 'nats')) {
      const why = whyRefused(pod.containers[0]?.command ?? [], {}) ?? '';
      expect({ name, why }).not.toMatchObject({ why: expect.stringMatching(/there is no|no program/) as string });
    }
  });
});

describe('what the manifests refer to', () => {
  // Made by kustomize's generators, so only there when it ran.
  const note = kubectl ? 'should' : 'is left to a machine with kubectl: should';

  it(`${note} exist in dev, down to each key, and be accepted by each program`, () => {
    if (!kubectl) return;
    const manifests = rendered('overlays/dev');
    const valuesOf = (kind: 'Secret' | 'ConfigMap', name: string): Record<string, string> => {
      const found = ofKind(manifests, kind).find(({ metadata }) => metadata.name === name);
      const data = (found?.['data'] ?? {}) as Record<string, string>;
      if (kind === 'ConfigMap') return data;
      return Object.fromEntries(
        Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]),
      );
    };
    for (const workload of workloads(manifests)) {
      for (const { kind, name, key } of references(workload)) {
        const keys = Object.keys(valuesOf(kind, name));
        expect({ kind, name, keys: keys.length > 0 }).toEqual({ kind, name, keys: true });
        if (key !== undefined) expect(keys).toContain(key);
      }
      if (workload.name === 'postgres' || workload.name === 'nats') continue;
      const [container] = workload.pod.containers;
      const why = whyRefused(container?.command ?? [], environmentOf(container!, valuesOf));
      expect({ name: workload.name, why }).toEqual({ name: workload.name, why: undefined });
    }
    const natsSecret = ofKind(manifests, 'Secret').find(({ metadata }) => metadata.name.startsWith('nats-credentials'));
    expect(Object.keys(natsSecret?.['data'] as object).sort()).toEqual(NATS_SERVICES.map(natsPasswordVariable).sort());
  });

  it(`${note} be, in production, the secrets that its kustomization names, and no secret of its own`, () => {
    if (!kubectl) return;
    const manifests = rendered('overlays/production');
    expect(ofKind(manifests, 'Secret')).toEqual([]);
    const text = readFileSync(`${__dirname}/overlays/production/kustomization.yaml`, 'utf8');
    const announced = [...text.matchAll(/`([a-z]+-credentials)`/g)].map(([, name]) => name!);
    const referred = workloads(manifests)
      .flatMap(references)
      .filter(({ kind }) => kind === 'Secret')
      .map(({ name }) => name);
    expect([...new Set(referred)].sort()).toEqual(announced.sort());
    expect(namesOf(ofKind(manifests, 'ConfigMap'))).toEqual(
      [
        ...new Set(
          workloads(manifests)
            .flatMap(references)
            .filter(({ kind }) => kind === 'ConfigMap')
            .map(({ name }) => name),
        ),
      ].sort(),
    );
  });

  it('should be, for nats-server, the permissions that the code has', () => {
    expect(readFileSync(NATS_CONFIG_FILE, 'utf8')).toBe(natsConfig());
  });
});

describe('the checks themselves', () => {
  const deployment = () =>
    structuredClone(load('base').find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'tasks')!);
  const podOf = (manifest: Manifest) => workloads([manifest])[0]!.pod;

  it('should notice a misspelt field, a missing one and a wrong type', () => {
    const misspelt = deployment();
    Object.assign(podOf(misspelt).containers[0]!, { imagePullPolcy: 'Always' });
    expect(typeErrors([misspelt])).toEqual([expect.stringMatching(/imagePullPolcy.* does not exist/)]);
    const missing = deployment();
    delete (missing['spec'] as { selector?: unknown }).selector;
    expect(typeErrors([missing])).toEqual([expect.stringContaining('selector')]);
    const wrong = deployment();
    Object.assign(podOf(wrong), { terminationGracePeriodSeconds: '30' });
    expect(typeErrors([wrong])).toEqual([expect.stringContaining("'string' is not assignable to type 'number'")]);
  });

  it('should notice each way in which a container is not restricted', () => {
    const weak = deployment();
    const pod = podOf(weak);
    const [container] = pod.containers;
    delete container!.securityContext;
    delete container!.resources;
    delete container!.readinessProbe;
    container!.image = 'agent-orchestration';
    Object.assign(pod, { automountServiceAccountToken: true, terminationGracePeriodSeconds: 5, hostNetwork: true });
    expect(weaknesses(workloads([weak])[0]!)).toHaveLength(14);
  });
});
