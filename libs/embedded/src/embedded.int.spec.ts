import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { findNatsServer, freePort, startNats, startPostgres, type RunningPostgres } from './index';

const folder = mkdtempSync(path.join(tmpdir(), 'ao-embedded-'));
chmodSync(folder, 0o755);
const dataDir = path.join(folder, 'postgres');
const password = 'p@ss/word';
let postgres: RunningPostgres | undefined;

afterAll(async () => {
  await postgres?.stop('immediate');
  rmSync(folder, { recursive: true, force: true });
});

async function query<Row>(url: string, sql: string): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(sql)).rows as Row[];
  } finally {
    await client.end();
  }
}

async function taken(): Promise<{ port: number; release: () => void }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as { port: number }).port, release: () => server.close() };
}

describe('embedded Postgres', () => {
  it('should keep its data over a clean stop and over a kill -9', async () => {
    postgres = await startPostgres({ dataDir, password, endWithParent: true });
    await query(postgres.adminUrl, 'create table kept (n int); insert into kept values (1)');
    await postgres.stop();
    postgres = await startPostgres({ dataDir, password, port: postgres.port, endWithParent: true });
    await query(postgres.adminUrl, 'insert into kept values (2)');
    await postgres.kill();
    postgres = await startPostgres({ dataDir, password, port: postgres.port, endWithParent: true });
    expect(await query(postgres.adminUrl, 'select n from kept order by n')).toEqual([{ n: 1 }, { n: 2 }]);
  });

  it('should be durable, take passwords by SCRAM only and offer no Unix socket', async () => {
    const rows = await query<{ name: string; setting: string }>(
      postgres!.adminUrl,
      `select name, setting from pg_settings
        where name in ('fsync', 'synchronous_commit', 'password_encryption', 'unix_socket_directories', 'listen_addresses')`,
    );
    expect(Object.fromEntries(rows.map((row) => [row.name, row.setting]))).toEqual({
      fsync: 'on',
      synchronous_commit: 'on',
      password_encryption: 'scram-sha-256',
      unix_socket_directories: '',
      listen_addresses: '127.0.0.1',
    });
    expect(await query(postgres!.adminUrl, 'select distinct auth_method from pg_hba_file_rules')).toEqual([
      { auth_method: 'scram-sha-256' },
    ]);
    await expect(query(postgres!.urlFor('postgres', 'wrong'), 'select 1')).rejects.toThrow(/password/);
  });

  it('rejects a second Postgres on the same data, and leaves the first alone', async () => {
    await expect(startPostgres({ dataDir, password })).rejects.toThrow(/already runs on .*kill -INT/);
    expect(await query(postgres!.adminUrl, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('should start although the pid of its old pid file is another program by now', async () => {
    await postgres!.kill();
    writeFileSync(path.join(dataDir, 'postmaster.pid'), `${process.pid}\n${dataDir}\n`);
    postgres = await startPostgres({ dataDir, password, endWithParent: true });
    expect(await query(postgres.adminUrl, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('rejects a wrong password and a taken port in one sentence each', async () => {
    await postgres!.stop();
    await expect(startPostgres({ dataDir, password: 'other' })).rejects.toThrow(/not the one its data was made with/);
    const { port, release } = await taken();
    await expect(startPostgres({ dataDir, password, port })).rejects.toThrow(new RegExp(`port ${port}`));
    release();
  });

  // Only root has the trap: Postgres then runs as somebody else.
  if (process.getuid?.() === 0)
    it('should work where the Postgres user cannot go, as in a clone under /root', async () => {
      const closed = path.join(folder, 'closed');
      rmSync(closed, { recursive: true, force: true });
      const inside = path.join(closed, 'data', 'postgres');
      mkdirSync(path.dirname(inside), { recursive: true });
      chmodSync(closed, 0o700);
      const hidden = await startPostgres({ dataDir: inside, password, endWithParent: true });
      try {
        expect(await query(hidden.adminUrl, 'select 1 as one')).toEqual([{ one: 1 }]);
        expect(statSync(inside).uid).not.toBe(0);
      } finally {
        await hidden.stop('immediate');
        rmSync(realpathSync(inside), { recursive: true });
      }
    });
});

describe('embedded NATS', () => {
  const program = findNatsServer(path.join(folder, 'cache'));

  it('should start on a free port, die by kill and start again on the same port', async () => {
    const first = await startNats({ program, dir: folder, config: (port) => `port: ${port}\n`, endWithParent: true });
    await first.kill();
    const second = await startNats({
      program,
      dir: folder,
      port: first.port,
      config: (port) => `port: ${port}\n`,
      endWithParent: true,
    });
    expect(second.url).toBe(`nats://127.0.0.1:${first.port}`);
    expect(await second.stop()).toBeDefined();
  });

  it('rejects a taken port and a bad configuration in one sentence each', async () => {
    const { port, release } = await taken();
    await expect(startNats({ program, dir: folder, port, config: (p) => `port: ${p}\n` })).rejects.toThrow(
      new RegExp(`port ${port}`),
    );
    release();
    await expect(startNats({ program, dir: folder, config: () => 'nonsense: 1\n' })).rejects.toThrow(/nonsense/);
  });
});

it('should hand out ports that no outgoing connection is given', async () => {
  const ports = await Promise.all(Array.from({ length: 50 }, () => freePort()));
  expect(ports.filter((port) => port < 10_000 || port >= 32_768)).toEqual([]);
});
