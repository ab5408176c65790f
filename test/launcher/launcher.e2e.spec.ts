import { chmodSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from '@ao/embedded';
import { eventually } from '@ao/testing';
import { endLaunchers, isAlive, pidOf, processesOf, startLauncher } from './started-launcher';

/**
 * The whole of `npm start`, in a folder that only its owner can enter: as root that is the trap of a clone under /root,
 * because Postgres then runs as somebody else.
 */
const folder = mkdtempSync(path.join(tmpdir(), 'ao-launcher-'));
chmodSync(folder, 0o700);
const dataDir = path.join(folder, 'data');
const env = { DATA_DIR: dataDir, LOG_LEVEL: 'warn' };
let port: number;

beforeAll(async () => {
  port = await freePort();
});

afterAll(async () => {
  await endLaunchers(dataDir);
  const data = path.join(dataDir, 'postgres');
  if (statSync(data, { throwIfNoEntry: false })) rmSync(realpathSync(data), { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
});

async function register(url: string, agent: string): Promise<number> {
  const response = await fetch(`${url}/agents/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ agent_id: agent, agent_type: 'worker' }),
    signal: AbortSignal.timeout(10_000),
  });
  await response.text();
  return response.status;
}

async function find(url: string, agent: string): Promise<number> {
  const response = await fetch(`${url}/agents/${agent}`, { signal: AbortSignal.timeout(10_000) });
  await response.text();
  return response.status;
}

describe('npm start', () => {
  it('should end on Ctrl-C with nothing left running, and find its data at the next start', async () => {
    const first = startLauncher({ ...env, PORT: String(port) });
    const url = await first.ready();
    expect(url).toBe(`http://127.0.0.1:${port}`);
    expect(await register(url, 'kept')).toBe(200);
    const pids = processesOf(dataDir).map(({ pid }) => pid);
    expect(pids).toHaveLength(9);

    first.signal('SIGINT');
    expect(await first.exited).toBe(0);
    expect(pids.filter(isAlive)).toEqual([]);
    expect(processesOf(dataDir)).toEqual([]);
    const credentials = JSON.parse(readFileSync(path.join(dataDir, 'credentials.json'), 'utf8')) as Record<
      string,
      string
    >;
    const shownOnce = [credentials.bootstrap_api_key!, credentials.bootstrap_admin_password!];
    for (const secret of shownOnce) expect(first.output.join('\n')).toContain(secret);
    expect(first.output.join('\n')).toContain('admin@localhost.localdomain');
    for (const file of ['credentials.json', 'sealing-keys', 'ca-keys']) {
      expect(statSync(path.join(dataDir, file)).mode & 0o777).toBe(0o600);
    }

    const second = startLauncher({ ...env, PORT: String(port), TASKS_REPLICAS: '2' });
    expect(await find(await second.ready(), 'kept')).toBe(200);
    expect(processesOf(dataDir).filter(({ name }) => name.startsWith('tasks'))).toHaveLength(2);
    for (const secret of shownOnce) expect(second.output.join('\n')).not.toContain(secret);
  });

  it('rejects a second launcher on the same data, and the first goes on', async () => {
    const other = startLauncher({ ...env, PORT: String(await freePort()) });
    expect(await other.exited).toBe(1);
    expect(other.output).toEqual([
      expect.stringMatching(/^Another launcher \(process \d+\) already runs on .* stop it/),
    ]);
    expect(await find(`http://127.0.0.1:${port}`, 'kept')).toBe(200);
  });

  it.each(['identity', 'registry', 'tasks-2', 'gateway', 'nats', 'postgres'])(
    'should bring %s back after a kill -9',
    async (name) => {
      const pid = pidOf(dataDir, name);
      process.kill(pid, 'SIGKILL');
      await eventually(() => expect(pidOf(dataDir, name)).not.toBe(pid), { timeoutMs: 30_000 });
      await eventually(async () => expect(await register(`http://127.0.0.1:${port}`, `after-${name}`)).toBe(200), {
        timeoutMs: 30_000,
        intervalMs: 100,
      });
    },
  );

  it('should end the orphans of a launcher killed by kill -9, and find its data', async () => {
    const orphans = processesOf(dataDir).map(({ pid }) => pid);
    const { pid: launcher } = JSON.parse(readFileSync(path.join(dataDir, 'launcher.lock'), 'utf8')) as { pid: number };
    process.kill(launcher, 'SIGKILL');
    await eventually(() => expect(isAlive(launcher)).toBe(false));
    expect(orphans.filter(isAlive).length).toBeGreaterThan(0);

    const next = startLauncher({ ...env, PORT: String(port) });
    const url = await next.ready();
    expect(orphans.filter(isAlive)).toEqual([]);
    for (const agent of ['kept', 'after-registry', 'after-postgres']) expect(await find(url, agent)).toBe(200);
    next.signal('SIGTERM');
    expect(await next.exited).toBe(0);
  });

  it('rejects a taken port, a bad variable and an unreachable Postgres, each in one sentence that says what to do', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const taken = String((server.address() as { port: number }).port);
    const cases: [Record<string, string>, RegExp][] = [
      [{ PORT: taken }, new RegExp(`^Port ${taken} .* is taken .*PORT=`)],
      [{ PORT: 'eighty' }, /^Set the environment right: PORT=eighty .*port of the API/],
      [
        { PORT: String(port), DATABASE_URL: 'postgres://u:p@127.0.0.1:1/x' },
        /^Postgres at DATABASE_URL .*127\.0\.0\.1:1.* start it or/,
      ],
      [
        { PORT: String(port), NATS_URL: 'nats://127.0.0.1:1' },
        /^No NATS answers at NATS_URL .*127\.0\.0\.1:1.* start it or/,
      ],
      [{ PORT: String(port), HEARTBEAT_INTERVAL: 'never' }, /HEARTBEAT_INTERVAL/],
    ];
    for (const [more, sentence] of cases) {
      const launcher = startLauncher({ ...env, ...more, LOG_LEVEL: 'silent' });
      expect(await launcher.exited).toBe(1);
      expect(launcher.output.at(-1)).toMatch(sentence);
      expect(launcher.output.filter((line) => /^\s+at /.test(line))).toEqual([]);
      expect(processesOf(dataDir)).toEqual([]);
    }
    server.close();
  });

  it('should stop what it has started when Ctrl-C comes during the start', async () => {
    const launcher = startLauncher({ ...env, PORT: String(port) });
    const postgres = await eventually(() => pidOf(dataDir, 'postgres'), { timeoutMs: 30_000 });
    launcher.signal('SIGINT');
    expect(await launcher.exited).toBe(0);
    expect(isAlive(postgres)).toBe(false);
    expect(processesOf(dataDir)).toEqual([]);
  });
});
