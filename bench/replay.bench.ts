import { createSubscriptions, subscriptionTablesSql, type EventLog, type Subscriptions } from '@ao/event-log';
import { rebuildProjection, runProjection, type Projection } from '@ao/projections';
import type { Pool } from 'pg';
import { allProjections } from '../apps/gateway/src/projections/all';
import { fillWithTasks } from './replay.tasks';

const RUNS = 3;
const FOLLOW_GATE = 60_000;
const REPLAY_GATE = 40_000;

export interface ReplayBenchOptions {
  /** A migrated database, as a role that owns it. */
  readonly pool: Pool;
  readonly log: EventLog;
  /** Events to write and read; default 200,000. */
  readonly events?: number;
  readonly print: (line: object) => void;
}

/**
 * How fast the log is read: followed by a subscription with an empty handler, and folded into the gateway's model of
 * tasks, from position 0, medians of three. The baseline is a plain scan of the same rows as text in the same run.
 */
export async function replayBench(options: ReplayBenchOptions): Promise<void> {
  const { pool, log, print } = options;
  const tasks = allProjections.find(({ name }) => name === 'tasks');
  if (!tasks) throw new Error('the gateway has no model named tasks');
  await pool.query('create schema if not exists bench');
  await pool.query(subscriptionTablesSql('bench'));
  await fillWithTasks(log, options.events ?? 200_000);
  await pool.query('vacuum analyze event_log.events');
  const head = await log.head();

  const scan = await median(head, () => scanLog(pool, head));
  print({ bench: 'replay', what: 'scan: rows as text, pages of 1,000', events: head, events_per_second: scan });
  for (const kind of ['owned', 'local'] as const) {
    const rate = await median(head, (run) => follow(pool, kind, `${kind}_${run}`, head));
    print(result(`follow: ${kind} subscription, empty handler`, head, rate, scan, FOLLOW_GATE));
  }
  const live = await median(head, () => catchUp(pool, tasks, head));
  print(result('projection of tasks from position 0, batches of at most 2,000', head, live, scan, REPLAY_GATE));
  const rebuilt = await median(head, async () => void (await rebuildProjection(tasks, { pool, log, schema: 'bench' })));
  print(result('rebuild of tasks (npm run replay)', head, rebuilt, scan, REPLAY_GATE));
}

function result(what: string, events: number, rate: number, scan: number, gate: number): object {
  return {
    bench: 'replay',
    what,
    events,
    events_per_second: rate,
    of_scan: round(rate / scan),
    gate,
    reached: rate >= gate,
  };
}

async function median(events: number, once: (run: number) => Promise<void>): Promise<number> {
  const rates: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const begun = performance.now();
    await once(run);
    rates.push((events / (performance.now() - begun)) * 1000);
  }
  return Math.round(rates.sort((a, b) => a - b)[Math.floor(RUNS / 2)]!);
}

async function scanLog(pool: Pool, head: number): Promise<void> {
  const types = { getTypeParser: () => (text: string) => text };
  for (let after = 0; after < head;) {
    const { rows } = await pool.query<string[]>({
      name: 'bench_scan',
      text: 'select * from event_log.events where position > $1 order by position limit 1000',
      values: [after],
      rowMode: 'array',
      types,
    } as never);
    after = Number((rows as unknown as string[][]).at(-1)![0]);
  }
}

async function withSubscriptions(pool: Pool, work: (subscriptions: Subscriptions) => Promise<void>): Promise<void> {
  const subscriptions = createSubscriptions({ pool, schema: 'bench' });
  try {
    await work(subscriptions);
  } finally {
    await subscriptions.stop();
  }
}

function follow(pool: Pool, kind: 'owned' | 'local', name: string, head: number): Promise<void> {
  return withSubscriptions(pool, async (subscriptions) => {
    const categories = ['task', 'agent'];
    const running =
      kind === 'owned'
        ? await subscriptions.owned({ name, categories, handle: () => Promise.resolve() })
        : await subscriptions.local({ name, categories, seed: () => Promise.resolve(0), handle: () => undefined });
    await running.reached(head, 120_000);
  });
}

function catchUp(pool: Pool, tasks: Projection, head: number): Promise<void> {
  return withSubscriptions(pool, async (subscriptions) => {
    await pool.query(`truncate ${tasks.table}${tasks.counters ? `, ${tasks.counters.table}` : ''}`);
    await pool.query('delete from bench.subscription_checkpoints where subscription = $1', [tasks.name]);
    const running = await runProjection(subscriptions, tasks);
    await running.reached(head, 120_000);
  });
}

const round = (value: number) => Math.round(value * 1000) / 1000;
