import { readFileSync } from 'node:fs';
import { BlockList, isIPv6 } from 'node:net';
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

const DEPLOYMENTS = [
  'gateway',
  'projections',
  'identity',
  'registry',
  'discovery',
  'tasks',
  'notifications',
  'workflows',
];
const SCALED = ['gateway', 'identity', 'registry', 'discovery', 'tasks', 'notifications', 'workflows'];

const ofKind = (manifests: readonly Manifest[], kind: string) => manifests.filter((manifest) => manifest.kind === kind);
const namesOf = (manifests: readonly Manifest[]) => manifests.map(({ metadata }) => metadata.name).sort();

function selects(selector: LabelSelector | undefined, labels: Readonly<Record<string, string>>): boolean {
  const { matchLabels = {}, matchExpressions = [] } = selector ?? {};
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => operator === 'In' && values.includes(labels[key] ?? ''))
  );
}

const WEB = [443, 8443];
const MAIL = [587, 465];
/** The ports on which those who call what users name reach it. */
const WAYS_OUT: Readonly<Record<string, readonly number[]>> = { notifications: [...WEB, ...MAIL], workflows: WEB };
const PUBLIC_ADDRESSES = ['93.184.215.14', '1.1.1.1', '172.32.0.1', '192.167.1.1', '2606:2800:21f::1'];
/** One of each network that is not the internet: loopback, private, shared, link-local, metadata, tests, and their disguises. */
const PRIVATE_ADDRESSES = [
  ...['0.0.0.1', '10.1.2.3', '100.64.0.1', '127.0.0.1', '169.254.169.254', '172.16.0.1', '172.31.255.254', '192.0.0.8'],
  ...['192.168.1.1', '198.18.0.1', '198.19.255.254', '224.0.0.1', '240.0.0.1', '255.255.255.255'],
  ...[
    '::1',
    '::7f00:1',
    '64:ff9b::7f00:1',
    '64:ff9b:1::1',
    '2002:7f00:1::',
    'fc00::1',
    'fd12::1',
    'fe80::1',
    'ff02::1',
  ],
];

/** Whether the policies let pods with these labels connect to an address outside the cluster. */
function reaches(
  policies: readonly NetworkPolicySpec[],
  labels: Readonly<Record<string, string>>,
  address: string,
  port: number,
): boolean {
  return policies
    .filter(({ podSelector }) => selects(podSelector, labels))
    .flatMap(({ egress = [] }) => egress)
    .filter(({ ports = [] }) => ports.some((allowed) => allowed.port === port))
    .some(({ to = [] }) =>
      to.some(
        ({ ipBlock }) =>
          ipBlock && within(ipBlock.cidr, address) && !ipBlock.except?.some((cidr) => within(cidr, address)),
      ),
    );
}

function within(cidr: string, address: string): boolean {
  const [network = '', bits] = cidr.split('/');
  if (isIPv6(network) !== isIPv6(address)) return false;
  const family = isIPv6(network) ? 'ipv6' : 'ipv4';
  const list = new BlockList();
  list.addSubnet(network, Number(bits), family);
  return list.check(address, family);
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

  it.each(Object.entries(WAYS_OUT))(
    'should let %s out to the internet and nobody into private networks that a URL could name',
    (service, ways) => {
      const policies = ofKind(manifests, 'NetworkPolicy').map((manifest) => manifest['spec'] as NetworkPolicySpec);
      const { labels } = pods.find(({ name }) => name === service)!;
      const reached = (addresses: readonly string[], among = policies) =>
        addresses.filter((address) => ways.some((port) => reaches(among, labels, address, port)));
      expect(reached(PRIVATE_ADDRESSES)).toEqual([]);
      expect(reached(PUBLIC_ADDRESSES)).toEqual(PUBLIC_ADDRESSES);
      const open = (port: number) => reaches(policies, labels, PUBLIC_ADDRESSES[0]!, port);
      expect([...WEB, ...MAIL, 22, 25, 80, 3105, 3106, 8080].filter(open)).toEqual(ways);
      // The control: without its exceptions the same policy lets everything through.
      const bare = structuredClone(policies);
      for (const { to = [] } of bare.flatMap(({ egress = [] }) => egress))
        for (const { ipBlock } of to) if (ipBlock) delete ipBlock.except;
      expect(reached(PRIVATE_ADDRESSES, bare)).toEqual(PRIVATE_ADDRESSES);
    },
  );

  it('should let nobody else out to the web or to mail servers', () => {
    const policies = ofKind(manifests, 'NetworkPolicy').map((manifest) => manifest['spec'] as NetworkPolicySpec);
    for (const { name, labels } of pods.filter((pod) => !(pod.name in WAYS_OUT))) {
      const out = [...WEB, ...MAIL].filter((port) => reaches(policies, labels, PUBLIC_ADDRESSES[0]!, port));
      expect({ name, out }).toEqual({ name, out: [] });
    }
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
