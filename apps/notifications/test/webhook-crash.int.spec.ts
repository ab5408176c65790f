import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { createEventLog } from '@ao/event-log';
import { newId } from '@ao/kernel';
import { eventually, testDatabase, type TestDatabase } from '@ao/testing';
import type { Pool } from 'pg';
import { deliveryId, happen, startReplica } from './fan-out.testing';
import { startReceiver, type Receiver } from './receiver.testing';

const PLACES = [
  ...['before-insert', 'before-commit', 'after-commit', 'after-due'],
  ...['before-send', 'after-send', 'before-record', 'after-record'],
];

/** Each delivery at least once, with the same id, whenever the process that sends it is killed. */
describe('deliveries when processes are killed', () => {
  // Processes start slowly on a machine that is busy with other things.
  jest.setTimeout(240_000);
  const EVENTS = 40;
  const BETWEEN_CRASHES = 20;
  let database: TestDatabase;
  let admin: Pool;
  let hook: Receiver;
  const children = new Set<ChildProcess>();

  beforeEach(async () => {
    database = await testDatabase();
    admin = database.pool('admin');
    hook = await startReceiver();
  });
  afterEach(async () => {
    for (const child of children) child.kill('SIGKILL');
    await eventually(() => expect(children.size).toBe(0));
    await hook.stop();
    await database.drop();
  });

  interface Started {
    readonly child: ChildProcess;
    readonly ready: Promise<unknown>;
    readonly exited: Promise<unknown>;
  }

  function start(env: Readonly<Record<string, string>> = {}): Started {
    const root = path.resolve(__dirname, '../../..');
    const child = spawn(
      process.execPath,
      ['-r', path.join(root, 'scripts/register.cjs'), path.join(__dirname, 'webhook-replica.testing.ts')],
      {
        cwd: root,
        env: { ...process.env, ...env, DATABASE_URL: database.urlFor('notifications') },
        stdio: ['pipe', 'pipe', 'inherit'],
      },
    );
    children.add(child);
    const exited = new Promise((resolve) => child.once('exit', resolve));
    void exited.then(() => children.delete(child));
    const ready = new Promise((resolve) => createInterface({ input: child.stdout }).once('line', resolve));
    return { child, ready, exited };
  }

  /** It follows nothing. */
  const onlyWriter = () =>
    startReplica({
      databaseUrl: database.urlFor('notifications'),
      wrapSubscription: (subscription) => ({ ...subscription, name: 'unused', categories: ['nothing'] }),
    });

  /** A webhook, by a process that then is no more. */
  async function webhook(): Promise<string> {
    const writer = await onlyWriter();
    try {
      return await writer.webhook({ url: hook.url });
    } finally {
      await writer.stop();
    }
  }

  /** In as many transactions; the ids that the deliveries must have. */
  async function happened(webhookId: string, events: number): Promise<Set<string>> {
    const log = createEventLog({ pool: admin });
    const ids = new Set<string>();
    for (let n = 0; n < events; n += 1) {
      for (const position of await happen(log, 1, newId())) ids.add(deliveryId(webhookId, position));
    }
    await log.close();
    return ids;
  }
  const prepare = async () => happened(await webhook(), EVENTS);

  async function allDelivered(events = EVENTS): Promise<void> {
    await eventually(
      async () => {
        const { rowCount } = await admin.query(`select 1 from notifications.deliveries where state = 'delivered'`);
        expect(rowCount).toBe(events);
      },
      { timeoutMs: 60_000 },
    );
  }
  const pause = (ms: number) => new Promise<false>((resolve) => setTimeout(() => resolve(false), ms));
  const arrived = () => new Set(hook.received.map(({ id }) => id));

  it('should deliver everything, under the same ids, after a crash at every place', async () => {
    const id = await webhook();
    const wanted = new Map<string, Set<string>>();
    // Each goes on with what the one before left behind, and then dies in its own way.
    for (const place of PLACES) {
      const its = await happened(id, BETWEEN_CRASHES);
      wanted.set(place, its);
      const { child, exited } = start({ CRASH: place });
      const over = exited.then(() => true);
      // A busy machine does in one stroke what another does in three: until it has come there often enough, more happens.
      while (!(await Promise.race([over, pause(3_000)])))
        for (const one of await happened(id, BETWEEN_CRASHES)) its.add(one);
      expect([place, child.signalCode]).toEqual([place, 'SIGKILL']);
    }
    start();
    const all = [...wanted.values()].reduce((sum, its) => sum + its.size, 0);
    await allDelivered(all);
    const ids = arrived();
    for (const [place, its] of wanted) expect([place, [...its].filter((one) => !ids.has(one))]).toEqual([place, []]);
    expect(ids.size).toBe(all);
  });

  it.each(['before-replay-moves', 'before-replay-commits', 'after-replay-commits'])(
    'should go on with a replay where it was, after a crash %s',
    async (place) => {
      const writer = await onlyWriter();
      const past = await writer.happen(EVENTS);
      const webhook_id = await writer.webhook({ url: hook.url });
      const range = { from: past[0]! - 1, to: past.at(-1)!, per_second: 32 };
      await writer.run(webhook_id, { type: 'ReplayWebhook', data: { webhook_id, ...range } });
      await writer.stop();
      const first = start({ CRASH: place });
      await first.exited;
      expect(first.child.signalCode).toBe('SIGKILL');
      start();
      await allDelivered();
      const { rows } = await admin.query<{ delivery_id: string; position: number }>(
        'select delivery_id, position from notifications.deliveries order by position',
      );
      expect(rows.map(({ position }) => position)).toEqual(past);
      expect(arrived()).toEqual(new Set(rows.map(({ delivery_id }) => delivery_id)));
    },
  );

  it('should notice deliveries that are lost with the process that had them (control)', async () => {
    const wanted = await prepare();
    await start({ CRASH: 'before-send', FAULT: 'ended-first' }).exited;
    start();
    await allDelivered();
    expect(arrived().size).toBeLessThan(wanted.size);
  });

  it('should notice deliveries that change their ids (control)', async () => {
    const wanted = await prepare();
    start({ FAULT: 'fresh-ids' });
    await allDelivered();
    expect(arrived()).not.toEqual(wanted);
  });

  it('should go on in the other replica at once when one is killed', async () => {
    const wanted = await prepare();
    hook.answer((_request, response) => void setTimeout(() => response.writeHead(200).end(), 150));
    const replicas = [start(), start()];
    await Promise.all(replicas.map(({ ready }) => ready));
    await eventually(() => expect(hook.received.length).toBeGreaterThan(5), { timeoutMs: 30_000 });
    const { rows } = await admin.query<{ name: string }>(
      `select application_name as name from pg_locks join pg_stat_activity using (pid)
        where locktype = 'advisory' and granted and datname = current_database() and objid = (hashtextextended('notifications.deliveries', 4711) & 4294967295)::oid`,
    );
    expect(rows).toHaveLength(1);
    const owner = replicas.find(({ child }) => rows[0]!.name === `replica-${child.pid}`)!;
    owner.child.kill('SIGKILL');
    await owner.exited;
    const heard = hook.received.length;
    expect(heard).toBeLessThan(EVENTS);
    const killed = performance.now();
    await eventually(() => expect(hook.received.length).toBeGreaterThan(heard), { timeoutMs: 30_000 });
    expect(performance.now() - killed).toBeLessThan(10_000);
    await allDelivered();
    expect(arrived()).toEqual(wanted);
  });
});
