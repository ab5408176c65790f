import { createHash } from 'node:crypto';
import type { AppendUnit, EventLog } from '@ao/event-log';
import { newId } from '@ao/kernel';
import { Pool } from 'pg';
import { unhurried, useWalAgain } from './wal';

const RUNS = 3;
const RUN_MS = 2_000;
const THROUGHPUT_GATE = 2.5;
const LATENCY_GATE = 2.5;
const GROWTH_GATE = 1.3;
const SMALL = 10_000;
const LARGE = 1_000_000;

export interface LogBenchOptions {
  /** A migrated database, as a superuser. */
  readonly pool: Pool;
  readonly log: EventLog;
  /** Where more connections can be made, for the baseline. */
  readonly databaseUrl: string;
  /** Milliseconds of each run; default 2,000. */
  readonly runMs?: number;
  readonly print: (line: object) => void;
}

/**
 * How fast the log is written, through the whole append path, against bare tables in the same database and the same run.
 * Every figure is the median of three runs; ours and the baseline's take turns, so that both see the same machine.
 */
export async function logBench(options: LogBenchOptions): Promise<void> {
  const { log, print, runMs = RUN_MS } = options;
  const bare = await bareTable(options);
  const append = () => log.append(unit()).then(accepted);
  try {
    await useWalAgain(options.pool);
    await warmUp([append, bare.one, bare.hundred]);

    const [appended, single, multi, multi4] = await medians([
      () => callers(128, append, runMs),
      () => callers(32, bare.one, runMs),
      () => callers(1, bare.hundred, runMs),
      () => callers(4, bare.hundred, runMs),
    ]);
    const rate = appended!.perSecond;
    const line = (what: string, measured: Measured, events = 1) =>
      print({
        bench: 'log',
        what,
        events_per_second: Math.round(measured.perSecond * events),
        p50_ms: measured.p50,
        p99_ms: measured.p99,
      });
    line('append, 128 callers, one event each', appended!);
    line('bare table, single-row inserts, 32 in flight', single!);
    line('bare table, rows of 100 in one insert, 1 in flight', multi!, 100);
    line('bare table, rows of 100 in one insert, 4 in flight', multi4!, 100);
    gate(print, 'append at 128 callers / single-row inserts', rate / single!.perSecond, THROUGHPUT_GATE, 'at least');
    print({
      bench: 'log',
      what: 'append at 128 callers / inserts of 100 rows (the limit)',
      ratio: round(rate / (multi!.perSecond * 100)),
    });

    const [alone, insert] = await medians([() => callers(1, append, runMs), () => callers(1, bare.one, runMs)]);
    line('append, one caller', alone!);
    line('bare table, one insert at a time', insert!);
    gate(print, 'append p50 / insert p50, one caller', alone!.p50 / insert!.p50, LATENCY_GATE, 'at most');
    for (const count of [32, 512])
      line(`append, ${count} callers`, (await medians([() => callers(count, append, runMs)]))[0]!);

    await growth(options, append, runMs);
  } finally {
    await bare.end();
  }
}

/** Append latency on a log of 10,000 events and of 1,000,000, alone and under load. */
async function growth({ pool, print }: LogBenchOptions, append: Work, runMs: number): Promise<void> {
  await startAgain(pool);
  const at = async (events: number) => {
    await fillTo(pool, events);
    await unhurried(pool, 'vacuum analyze event_log.events');
    await unhurried(pool, 'checkpoint');
    await warmUp([append]);
    const [alone, loaded] = await medians([() => callers(1, append, runMs), () => callers(128, append, runMs)]);
    print({
      bench: 'log',
      what: `append at ${events} events`,
      one_caller_p50_ms: alone!.p50,
      callers_128_p50_ms: loaded!.p50,
    });
    return { alone: alone!.p50, loaded: loaded!.p50 };
  };
  const small = await at(SMALL);
  const large = await at(LARGE);
  gate(
    print,
    `append p50 at ${LARGE} / ${SMALL} events, one caller`,
    large.alone / small.alone,
    GROWTH_GATE,
    'at most',
  );
  gate(
    print,
    `append p50 at ${LARGE} / ${SMALL} events, 128 callers`,
    large.loaded / small.loaded,
    GROWTH_GATE,
    'at most',
  );
}

type Work = () => Promise<void>;

interface Measured {
  readonly perSecond: number;
  /** Milliseconds, of one call. */
  readonly p50: number;
  readonly p99: number;
}

/** So many callers, each of which calls again as soon as it is answered. */
async function callers(count: number, work: Work, milliseconds: number): Promise<Measured> {
  const latencies: number[] = [];
  const begun = performance.now();
  const end = begun + milliseconds;
  await Promise.all(
    Array.from({ length: count }, async () => {
      for (let now = performance.now(); now < end;) {
        await work();
        const after = performance.now();
        latencies.push(after - now);
        now = after;
      }
    }),
  );
  const seconds = (performance.now() - begun) / 1000;
  latencies.sort((a, b) => a - b);
  const at = (share: number) => round(latencies[Math.floor(latencies.length * share)]!);
  return { perSecond: latencies.length / seconds, p50: at(0.5), p99: at(0.99) };
}

/** Each measurement three times, in turns; of each the run with the middle rate. */
async function medians(measurements: readonly (() => Promise<Measured>)[]): Promise<Measured[]> {
  const runs: Measured[][] = measurements.map(() => []);
  for (let run = 0; run < RUNS; run += 1)
    for (const [index, measure] of measurements.entries()) runs[index]!.push(await measure());
  return runs.map((all) => {
    const sorted = [...all].sort((a, b) => a.perSecond - b.perSecond);
    const p50s = all.map(({ p50 }) => p50).sort((a, b) => a - b);
    const middle = Math.floor(RUNS / 2);
    return { ...sorted[middle]!, p50: p50s[middle]! };
  });
}

/** Until the compilers of V8 are done with the code. */
async function warmUp(works: readonly Work[]): Promise<void> {
  for (const work of works) await callers(32, work, 1_500);
}

function unit(): AppendUnit {
  const command_id = newId();
  const id = newId();
  return {
    streams: [
      {
        stream_id: `task-${id}`,
        expected_version: 0,
        events: [{ type: 'TaskSubmitted', schema_version: 1, data: data(id) }],
      },
    ],
    metadata: metadata(command_id),
    command_hash: HASH,
    result: { task_id: id },
  };
}

const HASH = createHash('sha256').update('bench').digest('hex');
const data = (task_id: string) => ({
  task_id,
  type: 'index_document',
  payload: { path: '/docs/handbook.md', pages: 12 },
  priority: 50,
  requirements: { capabilities: ['read', 'analyse'] },
  lease_seconds: 60,
  pool: 'default',
  submitted_at: '2026-01-01T00:00:00.000Z',
});
const metadata = (command_id: string) => ({
  actor: { type: 'operator', id: 'bench' } as const,
  correlation_id: command_id,
  causation_id: command_id,
  command_id,
});

function accepted(outcome: { readonly kind: string }): void {
  if (outcome.kind !== 'appended') throw new Error(`a unit was answered ${outcome.kind}`);
}

/** The same columns without anything that makes it a log, written by node-pg in the plain way. */
async function bareTable({ pool, databaseUrl }: LogBenchOptions): Promise<{ one: Work; hundred: Work; end: Work }> {
  await pool.query(`create schema if not exists bench; drop table if exists bench.events;
    create table bench.events (
      position bigserial primary key, stream_id text not null, category text not null, version bigint not null,
      type text not null, schema_version integer not null, data json not null, metadata json not null,
      recorded_at timestamptz not null default clock_timestamp(), unique (stream_id, version))`);
  const connections = new Pool({ connectionString: databaseUrl, max: 32 });
  connections.on('error', () => undefined);
  const columns = 'stream_id, category, version, type, schema_version, data, metadata';
  const row = () => {
    const id = newId();
    return [`task-${id}`, 'task', 1, 'TaskSubmitted', 1, JSON.stringify(data(id)), JSON.stringify(metadata(newId()))];
  };
  const one = `insert into bench.events (${columns}) values ($1, $2, $3, $4, $5, $6, $7)`;
  const hundred = `insert into bench.events (${columns}) select * from unnest($1::text[], $2::text[], $3::bigint[],
    $4::text[], $5::int[], $6::json[], $7::json[])`;
  return {
    one: async () => void (await connections.query({ name: 'bench_one', text: one, values: row() })),
    hundred: async () => {
      const rows = Array.from({ length: 100 }, row);
      const values = rows[0]!.map((_, column) => rows.map((cells) => cells[column]));
      await connections.query({ name: 'bench_hundred', text: hundred, values });
    },
    end: () => connections.end(),
  };
}

/** An empty log. The guard against exactly this is put aside for it, as only a superuser can. */
async function startAgain(pool: Pool): Promise<void> {
  for (const table of ['events', 'commits', 'commands'])
    await pool.query(
      `alter table event_log.${table} disable trigger all; truncate event_log.${table}; alter table event_log.${table} enable always trigger append_only`,
    );
}

/** Rows as the append leaves them, without its hash chain: only how many there are matters here. */
async function fillTo(pool: Pool, events: number): Promise<void> {
  await unhurried(
    pool,
    `do $$
      declare
        first bigint := coalesce((select max(last_position) from event_log.commits), 0) + 1;
      begin
        insert into event_log.events
        select i, 'task-' || u, 'task', 1, 'TaskSubmitted', 1, '${JSON.stringify(data(newId()))}'::json,
               '${JSON.stringify(metadata(newId()))}'::json, clock_timestamp()
          from (select i, md5(i::text)::uuid as u from generate_series(first, ${events}) i) s;
        insert into event_log.commands
        select md5(i::text)::uuid, decode('${HASH}', 'hex'), i, clock_timestamp(), '{}'
          from generate_series(first, ${events}) i;
        insert into event_log.commits
        select i + 99, i, clock_timestamp(), decode('${HASH}', 'hex'), decode('${HASH}', 'hex'),
               decode(repeat('${HASH}', 100), 'hex')
          from generate_series(first, ${events} - 99, 100) i;
        insert into event_log.commits
        select ${events}, ${events}, clock_timestamp(), decode('${HASH}', 'hex'), decode('${HASH}', 'hex'), decode('${HASH}', 'hex')
         where not exists (select from event_log.commits where last_position = ${events});
      end $$`,
  );
}

function gate(
  print: LogBenchOptions['print'],
  what: string,
  ratio: number,
  bound: number,
  kind: 'at least' | 'at most',
): void {
  const reached = kind === 'at least' ? ratio >= bound : ratio <= bound;
  print({ bench: 'log', what, ratio: round(ratio), gate: `${kind} ${bound}`, reached });
}

const round = (value: number) => Math.round(value * 1000) / 1000;
