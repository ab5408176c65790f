/**
 * A replica of deliveries and fan-out as a process of its own, for tests to kill, or that kills itself (CRASH) at one
 * place the third time that it comes there. FAULT are the mistakes that the test must see: `fresh-ids` gives a delivery
 * another id each time that it is sent, `ended-first` writes that it arrived before it is sent.
 */
import { newId } from '@ao/kernel';
import type { Pool, PoolClient } from 'pg';
import { startReplica } from './fan-out.testing';

process.stdin.on('end', () => process.exit(0)).resume(); // ends with the test

const crash = process.env.CRASH;
let left = 3;
function crashAt(place: string): void {
  if (crash !== place) return;
  left -= 1;
  if (left === 0) process.kill(process.pid, 'SIGKILL');
}

const wrapped = new WeakSet<PoolClient>();
/** The transactions of replays. */
function wrapClient(client: PoolClient): PoolClient {
  if (wrapped.has(client)) return client;
  wrapped.add(client);
  const query = client.query.bind(client) as (...args: unknown[]) => Promise<unknown>;
  let moved = false;
  client.query = (async (...args: unknown[]) => {
    const text = String(args[0]);
    const moves = text.includes('update notifications.webhook_replays');
    if (moves) crashAt('before-replay-moves');
    const answer = await query(...args);
    if (text === 'commit' && moved) crashAt('after-replay-commits');
    moved = moves;
    if (moves) crashAt('before-replay-commits');
    return answer;
  }) as never;
  return client;
}

/** The engine's statements, each by its name. */
function wrapPool(pool: Pool): Pool {
  const query = pool.query.bind(pool) as (...args: unknown[]) => Promise<unknown>;
  const endAll = ({ rows }: { rows: { delivery_id: string }[] }) =>
    query(
      `update notifications.deliveries set state = 'delivered', due_at = null, ended_at = now()
        where delivery_id = any($1::uuid[])`,
      [rows.map(({ delivery_id }) => delivery_id)],
    );
  pool.query = (async (...args: unknown[]) => {
    const name = (args[0] as { name?: string }).name;
    if (name === 'record_attempts') crashAt('before-record');
    const answer = await query(...args);
    if (name === 'record_attempts') crashAt('after-record');
    if (name === 'due_deliveries') {
      if (process.env.FAULT === 'ended-first') await endAll(answer as { rows: { delivery_id: string }[] });
      crashAt('after-due');
    }
    return answer;
  }) as never;
  const connect = pool.connect.bind(pool) as (...args: unknown[]) => Promise<PoolClient>;
  pool.connect = (async (...args: unknown[]) => {
    // With a callback it is the pool's own use.
    if (args.length > 0) return connect(...args);
    return wrapClient(await connect());
  }) as never;
  return pool;
}

void startReplica({
  databaseUrl: process.env.DATABASE_URL!,
  timeoutMs: 2_000,
  wrapPool,
  wrapOutbound: (outbound) => ({
    ...outbound,
    async post(url, request) {
      crashAt('before-send');
      const headers = { ...request.headers };
      if (process.env.FAULT === 'fresh-ids') headers['webhook-id'] = newId();
      const answer = await outbound.post(url, { ...request, headers });
      crashAt('after-send');
      return answer;
    },
  }),
  wrapSubscription: (subscription) => ({
    ...subscription,
    batchSize: 5,
    async handle(events, transaction) {
      crashAt('before-insert');
      await subscription.handle(events, transaction);
      crashAt('before-commit');
    },
    committed(position, events) {
      crashAt('after-commit');
      subscription.committed?.(position, events);
    },
  }),
}).then(() => console.log('ready'));
