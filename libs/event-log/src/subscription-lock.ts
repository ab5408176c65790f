import { Client, type ClientConfig, type Pool } from 'pg';
import { backoff, pause } from './subscription-faults';

/** A wish to be the one owner of a name among all processes on the database. */
export interface OwnerLock {
  readonly name: string;
  /** Aborted the moment this process is known not to be the owner any more. Undefined while it stands by. */
  held(): AbortSignal | undefined;
  /** Resolves with the signal of the next time this process is the owner; rejects when the lock was given up. */
  acquired(): Promise<AbortSignal>;
  /** Lets another process have it, and stands by again. `restMs`: does not try for so long. */
  handOver(restMs?: number): Promise<void>;
  /** Gives up for good. */
  release(): Promise<void>;
}

/** The owner locks of a process: session advisory locks on one connection of their own. */
export interface LockSession {
  lock(name: string): OwnerLock;
  stop(): Promise<void>;
}

export interface LockSessionOptions {
  /** Its connection settings are used; the connection is not taken from it. */
  readonly pool: Pool;
  /** How often a standby tries, and an owner shows that it lives, in milliseconds; default 400. */
  readonly intervalMs?: number;
  /** Postgres ends the session, and so the ownership, of a process that was silent for so long; default 5,000 ms. */
  readonly silenceMs?: number;
  readonly onError?: (error: unknown) => void;
}

interface Entry {
  readonly name: string;
  wanted: boolean;
  restUntil: number;
  owner: AbortController | undefined;
  waiting: { resolve: (signal: AbortSignal) => void; reject: (error: Error) => void }[];
}

// States of an entry: standing by (wanted, no owner) -> owner -> standing by (handed over, session lost) … -> released.
//
// A killed process's session ends with its socket, so a standby that tries every 400 ms takes over at once. A process that
// hangs (stopped, swapped out, its event loop blocked) keeps its socket: idle_session_timeout ends its session instead.
// It cannot know that before it wakes up, which is why every owner's write also compares its checkpoint.

/** Elects owners by name. The lock is a hint about who works; correctness must come from a compare in the work's transaction. */
export function createLockSession(options: LockSessionOptions): LockSession {
  const interval = options.intervalMs ?? 400;
  const silence = options.silenceMs ?? 5_000;
  const entries = new Set<Entry>();
  const stopped = new AbortController();
  let client: Client | undefined;
  let nudged: (() => void) | undefined;
  let running: Promise<void> | undefined;
  /** Statements on the session go one after another, so that a release never overtakes a try. */
  let turn: Promise<unknown> = Promise.resolve();

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = turn.then(work);
    turn = result.catch(() => undefined);
    return result;
  }

  function lose(entry: Entry): void {
    entry.owner?.abort();
    entry.owner = undefined;
  }

  function drop(dead: Client | undefined): void {
    if (!dead || dead !== client) return;
    client = undefined;
    for (const entry of entries) lose(entry);
    dead.end().catch(() => undefined);
  }

  async function connect(): Promise<Client> {
    const base = options.pool.options as ClientConfig;
    const fresh = new Client({
      ...base,
      // The pool hides the password from enumeration.
      ...(base.password !== undefined && { password: base.password }),
      query_timeout: Math.min(silence, 5_000),
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
    });
    fresh.on('error', () => drop(fresh));
    fresh.on('end', () => drop(fresh));
    try {
      await fresh.connect();
      await fresh.query(`set idle_session_timeout = ${Math.round(silence)}; set statement_timeout = 0`);
    } catch (error) {
      fresh.end().catch(() => undefined);
      throw error;
    }
    return fresh;
  }

  async function tryAll(): Promise<void> {
    client ??= await connect();
    const session = client;
    const now = performance.now();
    const wanted = [...entries].filter((entry) => entry.wanted && !entry.owner && entry.restUntil <= now);
    const { rows } = await session.query<{ name: string; taken: boolean }>(
      'select name, pg_try_advisory_lock(hashtextextended(name, 4711)) as taken from unnest($1::text[]) as t(name)',
      [wanted.map((entry) => entry.name)],
    );
    if (client !== session) return;
    for (const { name, taken } of rows) {
      const entry = wanted.find((candidate) => candidate.name === name);
      if (!taken || !entry) continue;
      if (!entry.wanted) {
        await session.query('select pg_advisory_unlock(hashtextextended($1, 4711))', [name]);
        continue;
      }
      const owner = new AbortController();
      entry.owner = owner;
      for (const { resolve } of entry.waiting.splice(0)) resolve(owner.signal);
    }
  }

  async function run(): Promise<void> {
    let failures = 0;
    while (!stopped.signal.aborted) {
      const session = client;
      try {
        await inTurn(tryAll);
        failures = 0;
      } catch (error) {
        if (stopped.signal.aborted) break;
        options.onError?.(error);
        drop(session ?? client);
        await pause(backoff(failures++, 100, 1_000), stopped.signal);
        continue;
      }
      const tick = new AbortController();
      nudged = () => tick.abort();
      await pause(interval * (0.75 + Math.random() / 2), tick.signal);
      nudged = undefined;
    }
  }

  async function unlock(entry: Entry): Promise<void> {
    const session = client;
    const held = entry.owner !== undefined;
    lose(entry);
    if (!held || !session) return;
    await inTurn(async () => {
      if (client !== session) return;
      try {
        await session.query('select pg_advisory_unlock(hashtextextended($1, 4711))', [entry.name]);
      } catch (error) {
        options.onError?.(error);
        drop(session); // its end frees the lock as well
      }
    });
  }

  return {
    lock(name) {
      const entry: Entry = { name, wanted: true, restUntil: 0, owner: undefined, waiting: [] };
      entries.add(entry);
      running ??= run();
      nudged?.();
      return {
        name,
        held: () => entry.owner?.signal,
        acquired() {
          if (entry.owner) return Promise.resolve(entry.owner.signal);
          if (!entry.wanted) return Promise.reject(new Error(`the lock '${name}' was given up`));
          return new Promise((resolve, reject) => entry.waiting.push({ resolve, reject }));
        },
        async handOver(restMs = 0) {
          entry.restUntil = performance.now() + restMs;
          await unlock(entry);
        },
        async release() {
          entry.wanted = false;
          for (const { reject } of entry.waiting.splice(0)) reject(new Error(`the lock '${name}' was given up`));
          await unlock(entry);
          entries.delete(entry);
        },
      };
    },
    async stop() {
      if (stopped.signal.aborted) return;
      stopped.abort();
      nudged?.();
      for (const entry of entries) {
        entry.wanted = false;
        for (const { reject } of entry.waiting.splice(0)) reject(new Error(`the lock '${entry.name}' was given up`));
        lose(entry);
      }
      await running;
      const last = client;
      client = undefined;
      await last?.end().catch(() => undefined);
    },
  };
}
