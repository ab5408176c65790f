import type { Pool, PoolClient } from 'pg';
import { appendStatement, batchResult, committedEvents, type AppendReply, type BatchResult } from './append-statement';
import { createScratch } from './binary-array';
import type { EventLogMetrics } from './event-log.metrics';
import type { LogClock } from './log-clock';
import { prepareUnit, type PreparedUnit } from './prepared-unit';
import type { CommitBus } from './subscription.types';
import {
  InvalidUnitError,
  LogUnavailableError,
  OutcomeUnknownError,
  type AppendOutcome,
  type AppendUnit,
  type EventAppender,
} from './types';

export interface AppenderOptions {
  readonly pool: Pool;
  readonly clock: LogClock;
  readonly bus?: CommitBus;
  readonly metrics?: EventLogMetrics;
  readonly limits?: Partial<AppenderLimits>;
}

export interface AppenderLimits {
  /** Of one batch. */
  readonly events: number;
  readonly bytes: number;
  /** Units that may wait; more are refused at once. */
  readonly waiting: number;
  /** How long a unit may wait before it is sent, in milliseconds. */
  readonly waitMs: number;
  /** How long a batch may take before its connection is given up. */
  readonly attemptMs: number;
  /** How long a lost batch is asked for again before its outcome counts as unknown. */
  readonly resolveMs: number;
}

const LIMITS: AppenderLimits = {
  events: 512,
  bytes: 4 * 1024 * 1024,
  waiting: 20_000,
  waitMs: 5_000,
  attemptMs: 4_000,
  resolveMs: 8_000,
};

/** Below this many units a batch is not halved: its fixed cost would outweigh what is won. */
const SMALL_BATCH = 64;

interface Waiting {
  readonly prepared: PreparedUnit;
  readonly since: number;
  readonly resolve: (outcome: AppendOutcome) => void;
  readonly reject: (error: Error) => void;
}

type Answer = () => void;
const nothing: Answer = () => undefined;

interface Committed {
  readonly client: PoolClient | undefined;
  /** Resolves the batch's appends. Left to the sender, so that it can send the next batch first. */
  readonly answer: Answer;
}

/**
 * Group commit: one batch is in flight; whatever arrives meanwhile goes with the next. No timers: alone, a unit is sent at
 * once, and under load the batches grow by themselves.
 *
 * When the connection dies in mid-commit the same batch is sent again. That is safe and decides: event_log.append looks for
 * its command ids after it has taken the lock, so a first attempt that did commit answers `repeated`, and one that still
 * hangs somewhere will find this one's.
 */
export function createAppender(options: AppenderOptions): EventAppender & { close(): Promise<void> } {
  const { pool, clock, bus, metrics } = options;
  const limits = { ...LIMITS, ...options.limits };
  const scratch = createScratch();
  let queue: Waiting[] = [];
  let pumping: Promise<void> | undefined;
  let closed = false;

  function append(unit: AppendUnit): Promise<AppendOutcome> {
    return new Promise((resolve, reject) => {
      const prepared = prepareUnit(unit);
      if (closed) throw new LogUnavailableError('this process is closing its event log');
      if (queue.length >= limits.waiting) throw new LogUnavailableError(`${queue.length} appends are waiting already`);
      queue.push({ prepared, since: performance.now(), resolve, reject });
      metrics?.waiting?.(queue.length);
      // One turn later, so that callers of the same turn share the first batch too.
      pumping ??= Promise.resolve().then(pump);
    });
  }

  /** Sends batch after batch on one connection until nothing waits. */
  async function pump(): Promise<void> {
    let client: PoolClient | undefined;
    let answer = nothing;
    try {
      while (queue.length > 0) {
        const batch = takeBatch();
        if (batch.length === 0) continue;
        const committing = commit(client, batch);
        // The callers of the batch before go on while the server works on this one.
        answer();
        answer = nothing;
        ({ client, answer } = await committing);
      }
    } finally {
      client?.release();
      pumping = undefined;
      answer();
    }
  }

  /**
   * The next units in the order they came, leaving out those that touch a stream which one before them writes (or write
   * one that it touches): they go with a later batch, and so do all that would overtake them.
   */
  function takeBatch(): Waiting[] {
    const oldest = performance.now() - limits.waitMs;
    // Of many, one half: then the server and this process work side by side, each on one half, instead of in turns.
    const most = Math.max(SMALL_BATCH, Math.ceil(queue.length / 2));
    const batch: Waiting[] = [];
    const later: Waiting[] = [];
    const written = new Set<string>();
    const touched = new Set<string>();
    const commandIds = new Set<string>();
    let events = 0;
    let bytes = 0;
    let next = 0;
    for (; next < queue.length && batch.length < most && later.length < limits.events; next += 1) {
      const waiting = queue[next]!;
      const { unit, data, size } = waiting.prepared;
      if (waiting.since < oldest) {
        fail(waiting, new LogUnavailableError('the event log did not get to this append in time'), 'unavailable');
        continue;
      }
      if (batch.length > 0 && (events + data.length > limits.events || bytes + size > limits.bytes)) break;
      const waits =
        commandIds.has(unit.metadata.command_id) ||
        unit.streams.some(({ stream_id, events: added }) => (added.length > 0 ? touched : written).has(stream_id));
      for (const { stream_id, events: added } of unit.streams) {
        touched.add(stream_id);
        if (waits || added.length > 0) written.add(stream_id);
      }
      commandIds.add(unit.metadata.command_id);
      if (waits) {
        later.push(waiting);
        continue;
      }
      batch.push(waiting);
      // A unit without events counts too: it writes a command's answer.
      events += Math.max(1, data.length);
      bytes += size;
    }
    queue = later.length === 0 ? queue.slice(next) : later.concat(queue.slice(next));
    metrics?.waiting?.(queue.length);
    return batch;
  }

  /** Brings one batch to its outcomes; gives back the connection if it is still good. Never throws. */
  async function commit(client: PoolClient | undefined, batch: readonly Waiting[]): Promise<Committed> {
    const started = performance.now();
    let lost: unknown;
    for (let attempt = 0; ; attempt += 1) {
      const remaining = started + limits.resolveMs - performance.now();
      if (lost !== undefined && remaining <= 0) {
        for (const waiting of batch)
          fail(waiting, new OutcomeUnknownError(waiting.prepared.unit.metadata.command_id, lost), 'unknown');
        return { client, answer: nothing };
      }
      if (client === undefined) {
        try {
          client = await pool.connect();
        } catch (error) {
          if (lost !== undefined) {
            await pause(Math.min(50 * 2 ** attempt, 500));
            continue;
          }
          // Nobody who waits would fare better.
          const everyone = [...batch, ...queue];
          queue = [];
          for (const waiting of everyone) fail(waiting, unavailable(error), 'unavailable');
          return { client: undefined, answer: nothing };
        }
      }
      try {
        return { client, answer: await send(client, batch, Math.max(100, Math.min(limits.attemptMs, remaining))) };
      } catch (error) {
        const verdict = verdictOn(error);
        if (verdict === 'lost') {
          client.release(error as Error);
          client = undefined;
          lost = error;
          continue;
        }
        // The server says that this attempt did nothing; an earlier one that was lost may still have.
        if (verdict === 'unavailable' && lost !== undefined) {
          await pause(Math.min(50 * 2 ** attempt, 500));
          continue;
        }
        if (verdict === 'unavailable') {
          for (const waiting of batch) fail(waiting, unavailable(error), 'unavailable');
          return { client, answer: nothing };
        }
        if (batch.length === 1) {
          const refused = new InvalidUnitError(`the event log refused the unit: ${(error as Error).message}`, error);
          fail(batch[0]!, refused, 'refused');
          return { client, answer: nothing };
        }
        // One of them is wrong: each on its own, so that it fails alone.
        for (const waiting of batch) {
          const alone = await commit(client, [waiting]);
          client = alone.client;
          alone.answer();
        }
        return { client, answer: nothing };
      }
    }
  }

  /** Sends one batch; what it returns tells the subscribers and the callers. */
  async function send(client: PoolClient, batch: readonly Waiting[], timeoutMs: number): Promise<Answer> {
    const units = batch.map((waiting) => waiting.prepared);
    const sent = performance.now();
    const { rows } = await client.query<[AppendReply]>(appendStatement(units, scratch, timeoutMs) as never);
    const reply = (rows as unknown as [AppendReply][])[0]![0];
    clock.heard(reply.now, sent);
    const seconds = (performance.now() - sent) / 1000;
    return () => {
      let result: BatchResult;
      try {
        result = batchResult(units, reply);
      } catch (error) {
        for (const waiting of batch)
          fail(waiting, new OutcomeUnknownError(waiting.prepared.unit.metadata.command_id, error), 'unknown');
        return;
      }
      metrics?.batch?.({ units: batch.length, events: result.count, seconds });
      announce(units, reply);
      const now = performance.now();
      for (let index = 0; index < batch.length; index += 1) {
        const outcome = result.outcomes[index]!;
        batch[index]!.resolve(outcome);
        metrics?.unit?.({ outcome: outcome.kind, seconds: (now - batch[index]!.since) / 1000 });
      }
    };
  }

  function announce(units: readonly PreparedUnit[], reply: AppendReply): void {
    const committed = bus && committedEvents(units, reply);
    if (!committed) return;
    try {
      bus.announce(committed.commit, committed.events);
    } catch {
      // Subscribers find the commit by themselves, later: the log is the truth.
    }
  }

  function fail(waiting: Waiting, error: Error, outcome: 'unavailable' | 'unknown' | 'refused'): void {
    waiting.reject(error);
    metrics?.unit?.({ outcome, seconds: (performance.now() - waiting.since) / 1000 });
  }

  return {
    append,
    /** Takes no more, and waits for what was taken. */
    async close() {
      closed = true;
      await pumping;
    },
  };
}

/** What an error says about the attempt: it may have committed, it did not and may be repeated, or it never will. */
function verdictOn(error: unknown): 'lost' | 'unavailable' | 'refused' {
  const { code, severity } = error as { code?: string; severity?: string };
  // Only an ERROR is the server's word that the transaction is undone; anything else ended the connection somewhere.
  if (severity !== 'ERROR' || code === undefined) return 'lost';
  // Lock or statement timeout, serialisation, out of some resource, read-only (a standby), schema not there yet.
  return /^(55P03|57014|40|53|25006|3F000|42P01|42883)/.test(code) ? 'unavailable' : 'refused';
}

function unavailable(error: unknown): LogUnavailableError {
  return new LogUnavailableError(`the event log is not available: ${(error as Error).message}`, error);
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
