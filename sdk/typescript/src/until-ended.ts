import { delay } from './backoff';
import { WaitTimeoutError } from './errors';
import type { CallOptions } from './http';
import { isOutage } from './outage';

export interface WatchOptions extends CallOptions {
  /** Milliseconds between two looks at most; default 1,000. */
  readonly intervalMs?: number;
}

export interface WaitOptions extends CallOptions {
  /** Milliseconds until WaitTimeoutError; default 60,000. */
  readonly withinMs?: number;
}

export interface Watch<Thing> {
  stop(): void;
  /** Resolves with it once it has ended, or as it was last when the watch is stopped; rejects with what ended the watch. */
  readonly ended: Promise<Thing | undefined>;
}

/** Something that goes on until it ends, and how to look at it. */
export interface Going<Thing extends { readonly status: string }> {
  /** For messages: `task 0190…`. */
  readonly name: string;
  look(options: CallOptions): Promise<Thing>;
  hasEnded(thing: Thing): boolean;
  /** What a watcher is told of when it changes. */
  looksOf(thing: Thing): string;
}

const FIRST_PAUSE_MS = 25;
const LONGEST_PAUSE_MS = 1_000;

/** Often at first, for what takes no time; then at leisure. */
const longer = (pauseMs: number, mostMs: number) => Math.min(pauseMs * 1.5, mostMs);

/** Goes on asking while the control plane cannot be reached. @throws WaitTimeoutError, and what `look` throws */
export async function waitUntilEnded<Thing extends { readonly status: string }>(
  going: Going<Thing>,
  options: WaitOptions,
): Promise<Thing> {
  const { withinMs = 60_000, ...call } = options;
  const deadline = performance.now() + withinMs;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = longer(pauseMs, LONGEST_PAUSE_MS)) {
    let known: string;
    try {
      const thing = await going.look(call);
      if (going.hasEnded(thing)) return thing;
      known = `was still ${thing.status}`;
    } catch (error) {
      if (!isOutage(error)) throw error;
      known = `could not be asked for (${error.message})`;
    }
    const left = deadline - performance.now();
    if (left <= 0) throw new WaitTimeoutError(`${going.name} ${known} after ${withinMs} ms`);
    await delay(Math.min(pauseMs, left), call.signal);
  }
}

/** Tells of it now and whenever it changes; goes on while the control plane cannot be reached. */
export function watchUntilEnded<Thing extends { readonly status: string }>(
  going: Going<Thing>,
  changed: (thing: Thing) => void,
  { intervalMs = LONGEST_PAUSE_MS, signal, ...call }: WatchOptions,
): Watch<Thing> {
  const stopped = new AbortController();
  const stop = () => stopped.abort();
  if (signal?.aborted) stop();
  signal?.addEventListener('abort', stop, { once: true });
  const ended = follow(going, changed, intervalMs, { ...call, signal: stopped.signal }).finally(() =>
    signal?.removeEventListener('abort', stop),
  );
  // Who does not ask how it ended need not catch it.
  ended.catch(() => undefined);
  return { stop, ended };
}

async function follow<Thing extends { readonly status: string }>(
  { look, hasEnded, looksOf }: Going<Thing>,
  changed: (thing: Thing) => void,
  intervalMs: number,
  options: CallOptions & { readonly signal: AbortSignal },
): Promise<Thing | undefined> {
  const { signal } = options;
  let known: Thing | undefined;
  for (let pauseMs = FIRST_PAUSE_MS; !signal.aborted; pauseMs = longer(pauseMs, intervalMs)) {
    try {
      const thing = await look(options);
      if (!known || looksOf(thing) !== looksOf(known)) {
        known = thing;
        pauseMs = FIRST_PAUSE_MS;
        changed(thing);
      }
      if (hasEnded(thing)) return thing;
      await delay(pauseMs, signal);
    } catch (error) {
      if (signal.aborted) break;
      if (!isOutage(error)) throw error;
      await delay(intervalMs, signal).catch(() => undefined);
    }
  }
  return known;
}
