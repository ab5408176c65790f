/**
 * A projector as a process of its own, for tests to kill and to stop. It writes one row per event into `effects` and
 * prints `active` when it becomes the owner. PROJECTOR=owned is the real thing; the others are the mistakes that the tests
 * must be able to see: the checkpoint in a transaction of its own before or after the effects, and no compare.
 */
import type { Pool } from 'pg';
import { createEventLog, createLockSession, createPool, createSubscriptions, type EventBatch } from './index';

const SCHEMA = 'tasks';
const NAME = 'effects';
const CATEGORIES = ['effect'];
const BATCH = 20;

const WRITE_EFFECTS = 'insert into tasks.effects (position) select * from unnest($1::bigint[])';
const CHECKPOINT = `update ${SCHEMA}.subscription_checkpoints set position = $1 where subscription = '${NAME}'`;

const positions = (events: EventBatch) => [events.map((event) => event.position)];

async function owned(pool: Pool): Promise<void> {
  const subscriptions = createSubscriptions({ pool, schema: SCHEMA });
  await subscriptions.owned({
    name: NAME,
    categories: CATEGORIES,
    batchSize: BATCH,
    activated: () => console.log('active'),
    async handle(events, transaction) {
      await transaction.query(WRITE_EFFECTS, positions(events));
      await transaction.query('select pg_sleep(0.002)'); // as if there were more to do
    },
  });
}

async function mistaken(pool: Pool, mistake: 'before' | 'after' | 'uncompared'): Promise<void> {
  const log = createEventLog({ pool });
  const locks = createLockSession({ pool });
  const lock = locks.lock(`${SCHEMA}.${NAME}`);
  for (;;) {
    const owner = await lock.acquired();
    const { rows } = await pool.query<{ position: number }>(
      `insert into ${SCHEMA}.subscription_checkpoints (subscription, position) values ('${NAME}', 0)
       on conflict (subscription) do update set position = subscription_checkpoints.position returning position`,
    );
    let position = rows[0]!.position;
    console.log('active');
    while (!owner.aborted) {
      const events = await log.read({ categories: CATEGORIES, after: position, limit: BATCH });
      if (events.length === 0) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        continue;
      }
      position = events[events.length - 1]!.position;
      const work = () => pool.query('select pg_sleep(0.002)'); // as if there were more to do
      if (mistake === 'before') {
        await pool.query(CHECKPOINT, [position]);
        await work();
      }
      if (mistake === 'uncompared') {
        const client = await pool.connect();
        await client.query('begin');
        await client.query(WRITE_EFFECTS, positions(events));
        await client.query(CHECKPOINT, [position]);
        await client.query('commit');
        client.release();
      } else {
        await pool.query(WRITE_EFFECTS, positions(events));
      }
      if (mistake === 'after') {
        await work();
        await pool.query(CHECKPOINT, [position]);
      }
    }
  }
}

process.stdin.on('end', () => process.exit(0)).resume(); // ends with the test
const pool = createPool(process.env.DATABASE_URL!, { applicationName: `projector-${process.pid}`, max: 4 });
const kind = process.env.PROJECTOR as 'owned' | 'before' | 'after' | 'uncompared';
void (kind === 'owned' ? owned(pool) : mistaken(pool, kind));
