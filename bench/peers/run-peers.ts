import { fork } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { escapeIdentifier, type Pool } from 'pg';
import { installPeers } from './install-peers';
import type { PeerFigures } from './measure-peer';
import { PEERS, type PeerName } from './peer';
import { findRedis, startRedis, type Fsync } from './redis';

/** By how they are printed: BullMQ is there once for each way of its Redis to flush. */
export type FiguresOfPeers = ReadonlyMap<string, PeerFigures>;

export const BULLMQ: Readonly<Record<Fsync, string>> = {
  always: 'bullmq, fsync always',
  everysec: 'bullmq, fsync everysec',
};

const PATIENCE_MS = 600_000;
const PROGRAM = path.join(__dirname, `peer.main${path.extname(__filename)}`);

/**
 * The peers that BENCH_PEERS names, separated by commas; all by default, none for `none`. They are installed by now.
 * @throws Error for a word that is no peer, and where they cannot be installed
 */
export const choosePeers = (wanted?: string) => choose(PEERS, wanted);

export function choose<Name extends string>(
  known: readonly Name[],
  wanted = process.env.BENCH_PEERS || known.join(),
): readonly Name[] {
  if (wanted === 'none') return [];
  const names = wanted.split(',').map((word) => word.trim());
  const unknown = names.find((name) => !(known as readonly string[]).includes(name));
  if (unknown !== undefined) throw new Error(`BENCH_PEERS knows ${known.join(', ')} and none, not '${unknown}'`);
  installPeers();
  return names as Name[];
}

/** One after the other, each on a database of its own of this Postgres, BullMQ on a Redis of its own. */
export async function runPeers(
  peers: readonly PeerName[],
  { pool, databaseUrl }: { pool: Pool; databaseUrl: string },
  print: (what: string, figures: object) => void,
): Promise<FiguresOfPeers> {
  const measured = new Map<string, PeerFigures>();
  const keep = (what: string, figures: PeerFigures) => {
    measured.set(what, figures);
    const { latency, ...rest } = figures;
    print(`peer: ${what}`, { ...rest, ...latency });
  };
  for (const name of peers) {
    if (name === 'bullmq') await onRedis(keep, print);
    else keep(name, await figuresOf(PROGRAM, [name, await databaseFor(name, pool, databaseUrl)]));
  }
  return measured;
}

async function onRedis(
  keep: (what: string, figures: PeerFigures) => void,
  print: (what: string, figures: object) => void,
): Promise<void> {
  const program = findRedis();
  if (!program) return print('peer: bullmq', { skipped: 'no redis-server on PATH or in /usr/bin' });
  for (const fsync of ['always', 'everysec'] as const) {
    const folder = path.resolve('.cache', 'bench', `redis-${process.pid}-${fsync}`);
    const redis = await startRedis(program, folder, fsync);
    try {
      keep(BULLMQ[fsync], await figuresOf(PROGRAM, ['bullmq', redis.url]));
    } finally {
      await redis.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

export async function databaseFor(name: string, pool: Pool, databaseUrl: string): Promise<string> {
  const database = `peer_${name.replace('-', '_')}`;
  await pool.query(`create database ${escapeIdentifier(database)}`);
  const url = new URL(databaseUrl);
  url.pathname = `/${database}`;
  return url.toString();
}

/** In a process of its own, so that no peer inherits the heap, the loggers or the connections of another. */
export function figuresOf<Figures = PeerFigures>(program: string, args: readonly string[]): Promise<Figures> {
  // Libraries may write on their standard output, where the bench has its lines.
  const child = fork(program, args, { stdio: ['ignore', 2, 2, 'ipc'] });
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
    child.once('message', (figures) => resolve(figures as Figures));
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      reject(new Error(`${args[0]} was not measured: its process ended with ${signal ?? `exit code ${code}`}`));
    });
  });
}
