import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { readSealKey } from '@ao/event-log';
import { NATS_SERVICES } from '@ao/messaging';
import { workloads } from './checks/pods';
import { DEPLOY, written } from './checks/render';
import { whyRefused } from './checks/service-config';
import { natsPasswordVariable } from './nats-config';

const ROOT = path.dirname(DEPLOY);

interface ComposeService {
  readonly image: string;
  readonly command?: string[];
  readonly environment?: Record<string, string>;
  readonly healthcheck?: { readonly test: string[] };
  readonly depends_on?: Record<string, { condition: string }>;
  readonly networks?: string[];
  readonly ports?: string[];
  readonly read_only?: boolean;
  readonly user?: string;
  readonly cap_drop?: string[];
  readonly security_opt?: string[];
  readonly secrets?: string[];
  readonly stop_grace_period?: string;
}

/** What `docker compose` makes of `${NAME}`, `${NAME:-default}`, `${NAME:?why}` and `$$`. */
function interpolated(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replaceAll(
    /\$(?:\$|\{([A-Z_]+)(?::([-?])([^}]*))?\})/g,
    (whole, name?: string, operator?: string, rest?: string) => {
      if (name === undefined) return whole === '$$' ? '$' : whole;
      const value = variables[name] ?? '';
      if (value !== '') return value;
      if (operator === '-') return rest ?? '';
      throw new Error(`docker-compose.yml reads ${name}, which compose-env.mjs does not make up`);
    },
  );
}

describe('docker-compose.yml', () => {
  const text = readFileSync(path.join(ROOT, 'docker-compose.yml'), 'utf8');
  const folder = mkdtempSync(path.join(tmpdir(), 'ao-compose-'));
  const makeUp = () => execFileSync(process.execPath, [path.join(DEPLOY, 'compose-env.mjs'), folder]);
  const envFile = () => readFileSync(path.join(folder, '.env'), 'utf8');
  let variables: Record<string, string>;
  let services: Record<string, ComposeService>;

  beforeAll(() => {
    makeUp();
    variables = Object.fromEntries(
      envFile()
        .trim()
        .split('\n')
        .map((line) => line.split('=', 2) as [string, string]),
    );
    const { services: found } = parse(interpolated(text, variables), { merge: true }) as {
      services: Record<string, ComposeService>;
    };
    services = found;
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const ours = () => Object.entries(services).filter(([, { image }]) => image.startsWith('agent-orchestration:'));

  it('should start every service, the migration before them', () => {
    expect(Object.keys(services).sort()).toEqual(
      [
        'postgres',
        'nats',
        'migrate',
        'identity',
        'registry',
        'discovery',
        'tasks',
        'notifications',
        'workflows',
        'gateway',
        'seal',
      ].sort(),
    );
    for (const [name, service] of ours()) {
      if (name === 'migrate') expect(service.depends_on).toEqual({ postgres: { condition: 'service_healthy' } });
      else expect(service.depends_on?.['migrate']).toEqual({ condition: 'service_completed_successfully' });
    }
  });

  it('should give every program an environment that it accepts', () => {
    for (const [name, { command = [], environment = {} }] of ours()) {
      const why = whyRefused(command, { NODE_ENV: 'production', ...environment });
      expect({ name, why }).toEqual({ name, why: undefined });
    }
  });

  it('should tell Postgres, nats-server and the services the same passwords', () => {
    for (const service of NATS_SERVICES) {
      const password = services['nats']?.environment?.[natsPasswordVariable(service)];
      expect(password).toMatch(/^n[0-9a-f]{48}$/);
      if (service === 'operator') continue;
      const { environment = {} } = services[service]!;
      expect(environment).toMatchObject({ NATS_USER: service, NATS_PASSWORD: password });
      const url = new URL(environment['DATABASE_URL']!);
      expect(url.username).toBe(`ao_${service}`);
      expect(url.password).toBe(services['migrate']?.environment?.[`AO_PASSWORD_AO_${service.toUpperCase()}`]);
    }
    expect(new URL(services['migrate']!.environment!['MIGRATE_DATABASE_URL']!).password).toBe(
      services['postgres']?.environment?.['POSTGRES_PASSWORD'],
    );
  });

  it('should give the sealing keys to identity alone, as a file', () => {
    const holders = Object.entries(services).filter(([, { secrets }]) => secrets?.includes('sealing-keys'));
    expect(holders.map(([name]) => name)).toEqual(['identity']);
    expect(services['identity']?.environment).toMatchObject({ SEALING_KEYS_FILE: '/run/secrets/sealing-keys' });
    expect(services['identity']?.environment).not.toHaveProperty('SEALING_KEYS');
  });

  it('should give the keys of the certificate authority to the registry alone, as a file', () => {
    const holders = Object.entries(services).filter(([, { secrets }]) => secrets?.includes('ca-keys'));
    expect(holders.map(([name]) => name)).toEqual(['registry']);
    expect(services['registry']?.environment).toMatchObject({ CA_KEYS_FILE: '/run/secrets/ca-keys' });
    expect(services['registry']?.environment).not.toHaveProperty('CA_KEYS');
  });

  it('should restrict every container of ours, and let only the gateway be reached, from this machine', () => {
    for (const [name, service] of ours()) {
      expect({ name, ...service }).toMatchObject({
        name,
        read_only: true,
        user: '1000:1000',
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
        stop_grace_period: '30s',
      });
    }
    const published = Object.entries(services).flatMap(([name, { ports = [] }]) => ports.map((port) => [name, port]));
    expect(published).toEqual([
      ['gateway', '127.0.0.1:3000:3000'],
      ['gateway', '127.0.0.1:3443:3443'],
    ]);
    const within = (network: string) =>
      Object.entries(services)
        .filter(([, { networks }]) => networks?.includes(network))
        .map(([name]) => name);
    expect(within('outside')).toEqual(['gateway']);
    expect(within('internet')).toEqual(['notifications', 'workflows']);
  });

  it('should ask every service on the port where it answers', () => {
    for (const name of ['identity', 'registry', 'discovery', 'tasks', 'notifications', 'workflows', 'gateway']) {
      const service = services[name]!;
      expect(service.environment?.['HEALTH_PORT']).toMatch(/^31\d\d$/);
      expect(service.healthcheck?.test.at(-1)).toContain('/health/ready');
      // Node must be able to read it.
      expect(() => new Function(service.healthcheck!.test.at(-1)!)).not.toThrow();
    }
  });

  it('should run the same Postgres and NATS as the cluster of the dev overlay', () => {
    for (const { name, pod } of workloads(written('data-stores')))
      expect(services[name]?.image).toBe(pod.containers[0]?.image);
  });

  it('should have secrets made up once, which only their owner can read', () => {
    const before = envFile();
    makeUp();
    expect(envFile()).toBe(before);
    expect(statSync(path.join(folder, '.env')).mode & 0o777).toBe(0o600);
    expect(statSync(path.join(folder, '.secrets')).mode & 0o777).toBe(0o700);
    expect(readSealKey(path.join(folder, '.secrets', 'seal-key.pem')).asymmetricKeyType).toBe('ed25519');
    expect(readFileSync(path.join(folder, '.secrets', 'sealing-keys'), 'utf8')).toMatch(/^k1:[A-Za-z0-9+/]{43}=\n$/);
    expect(new Set(Object.values(variables)).size).toBe(Object.keys(variables).length);
    const read = new Set([...text.matchAll(/\$\{([A-Z_]+)/g)].map(([, name]) => name!));
    for (const name of Object.keys(variables)) expect(read).toContain(name);
  });
});

describe('Dockerfile', () => {
  const lines = readFileSync(path.join(ROOT, 'Dockerfile'), 'utf8').split('\n');

  it('should run no install script, and as a user that Kubernetes can see is not root', () => {
    const installs = lines.filter((line) => /npm (ci|install|i)\b/.test(line));
    expect(installs.length).toBeGreaterThan(0);
    for (const line of installs) expect(line).toMatch(/npm ci .*--ignore-scripts/);
    expect(lines.filter((line) => line.startsWith('USER '))).toEqual(['USER 1000:1000']);
    expect(lines).toContain('ARG NODE_IMAGE=node:24.11.1-bookworm-slim');
  });

  it('should copy only files that exist and that .dockerignore lets in', () => {
    const ignored = readFileSync(path.join(ROOT, '.dockerignore'), 'utf8').split('\n');
    const sources = lines
      .filter((line) => line.startsWith('COPY ') && !line.includes('--from='))
      .flatMap((line) => line.split(' ').slice(1, -1))
      .filter((source) => source !== '.');
    for (const source of sources) {
      expect(statSync(path.join(ROOT, source)).isFile()).toBe(true);
      expect(ignored.some((rule) => rule.startsWith('!') && source.startsWith(rule.slice(1)))).toBe(true);
    }
    // What scripts/build.mjs reads besides the sources.
    for (const needed of ['.swcrc', 'scripts', 'apps', 'libs', 'sdk/typescript'])
      expect(ignored).toContain(`!${needed}`);
  });
});
