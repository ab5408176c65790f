import { createRequire } from 'node:module';
import path from 'node:path';

/** The queues that are measured beside ours, by the word that BENCH_PEERS knows them by. */
export const PEERS = ['pg-boss', 'graphile-worker', 'dbos', 'bullmq'] as const;
export type PeerName = (typeof PEERS)[number];

/** Handlers that may run at once, where a library has such a setting. */
export const CONCURRENCY = 32;

export interface Payload {
  /** `performance.now()` of the submission. */
  readonly sent: number;
  readonly text: string;
}

/** `default`: one job at a time of each worker, as the library comes. `batched`: the library's way to take and end many at once. */
export type Working = 'default' | 'batched';

/** One queue, opened: submitting and working in this very process, nothing of HTTP between. */
export interface Peer {
  /** How one by one and latency are measured, the way in which the library is quicker; and each way of draining. */
  readonly steady: Working;
  readonly drains: readonly Working[];
  submit(payload: Payload): Promise<unknown>;
  /** By the library's bulk call, if it has one. */
  submitMany(payloads: readonly Payload[]): Promise<unknown>;
  /** Resolves once the workers take jobs, with what ends them. */
  work(how: Working, handle: (payload: Payload) => void): Promise<() => Promise<unknown>>;
  close(): Promise<unknown>;
}

export type OpenPeer = (url: string) => Promise<Peer>;

/** Where the peers are installed: apart from the project's own packages. The bench runs in the project's folder. */
export const peersFolder = path.resolve('bench', 'peers');

/** A package of the peers'. What the bench uses of it, each peer's file declares itself: here it need not be installed. */
export function packageOfPeers<Package>(name: string): Package {
  return createRequire(path.join(peersFolder, 'package.json'))(name) as Package;
}
