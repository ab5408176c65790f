import { latencyOf, middle, middleLatency, pause, type Latency } from '../figures';
import type { Payload, Peer, Working } from './peer';

const RUNS = 3;
const SUBMITTERS = 64;
const RUN_MS = 3_000;
/** Of ours as well: what has just started runs code that is not compiled yet, for half a minute in services. */
export const WARM_UP_MS = 30_000;
const PER_SECOND = 200;
const PACE_MS = 4_000;
const BACKLOG = 10_000;
const PATIENCE_MS = 60_000;

/** Medians of three runs. */
export interface PeerFigures {
  /** Submitted one by one and handled, from the first submission to the last handler. */
  readonly jobs_per_second: number;
  /** From submission to the start of the handler, at 200 jobs per second. */
  readonly latency: Latency;
  /** A backlog handled by workers that start when it is there, in jobs per second. */
  readonly drain: Partial<Record<Working, number>>;
}

export async function measurePeer(peer: Peer): Promise<PeerFigures> {
  const steady = await startWorking(peer, peer.steady);
  await submitFor(peer, steady, WARM_UP_MS);
  const rates = await runs(() => submitFor(peer, steady, RUN_MS));
  const latencies = await runs(() => paced(peer, steady));
  await steady.stop();
  const drain: Partial<Record<Working, number>> = {};
  for (const how of peer.drains) drain[how] = Math.round(middle(await runs(() => drained(peer, how))));
  return { jobs_per_second: Math.round(middle(rates)), latency: middleLatency(latencies), drain };
}

interface WorkGoingOn {
  readonly startedAfter: number[];
  handled(): number;
  /** Resolves once so many have been handled in all. */
  reached(total: number): Promise<void>;
  stop(): Promise<unknown>;
}

async function startWorking(peer: Peer, how: Working): Promise<WorkGoingOn> {
  const startedAfter: number[] = [];
  let handled = 0;
  const stop = await peer.work(how, ({ sent }) => {
    startedAfter.push(performance.now() - sent);
    handled += 1;
  });
  return {
    startedAfter,
    handled: () => handled,
    async reached(total) {
      const deadline = performance.now() + PATIENCE_MS;
      while (handled < total) {
        if (performance.now() > deadline) throw new Error(`only ${handled} of ${total} jobs were handled`);
        await pause(2);
      }
    },
    stop,
  };
}

async function submitFor(peer: Peer, work: WorkGoingOn, milliseconds: number): Promise<number> {
  const before = work.handled();
  const begun = performance.now();
  let submitted = 0;
  await Promise.all(
    Array.from({ length: SUBMITTERS }, async () => {
      while (performance.now() < begun + milliseconds) {
        await peer.submit(payload());
        submitted += 1;
      }
    }),
  );
  await work.reached(before + submitted);
  return (submitted / (performance.now() - begun)) * 1_000;
}

/** An open loop, as ours is measured. */
async function paced(peer: Peer, work: WorkGoingOn): Promise<Latency> {
  const before = work.handled();
  const count = (PER_SECOND * PACE_MS) / 1_000;
  work.startedAfter.length = 0;
  const begun = performance.now();
  const submissions: Promise<unknown>[] = [];
  for (let index = 0; index < count; index += 1) {
    const wait = begun + (index * 1_000) / PER_SECOND - performance.now();
    if (wait > 0) await pause(wait);
    submissions.push(peer.submit(payload()));
  }
  await Promise.all(submissions);
  await work.reached(before + count);
  return latencyOf(work.startedAfter);
}

async function drained(peer: Peer, how: Working): Promise<number> {
  await peer.submitMany(Array.from({ length: BACKLOG }, payload));
  const begun = performance.now();
  const work = await startWorking(peer, how);
  await work.reached(BACKLOG);
  const seconds = (performance.now() - begun) / 1_000;
  await work.stop();
  return BACKLOG / seconds;
}

/** As large as that of our tasks. */
function payload(): Payload {
  return {
    sent: performance.now(),
    text: 'A task of ordinary size, about two hundred bytes of payload.'.repeat(3),
  };
}

async function runs<Result>(once: () => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  for (let run = 0; run < RUNS; run += 1) results.push(await once());
  return results;
}
