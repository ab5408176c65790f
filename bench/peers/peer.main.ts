import { openBullMq } from './bullmq.peer';
import { openDbos } from './dbos.peer';
import { openGraphileWorker } from './graphile-worker.peer';
import { measurePeer } from './measure-peer';
import { openPgBoss } from './pg-boss.peer';
import type { OpenPeer, PeerName } from './peer';

const OPEN: Readonly<Record<PeerName, OpenPeer>> = {
  'pg-boss': openPgBoss,
  'graphile-worker': openGraphileWorker,
  dbos: openDbos,
  bullmq: openBullMq,
};

/** One peer in a process of its own: `peer.main <name> <url>` sends its figures to its parent. */
async function main(): Promise<void> {
  const [name, url = ''] = process.argv.slice(2);
  process.once('disconnect', () => process.exit(1));
  const peer = await OPEN[name as PeerName](url);
  const figures = await measurePeer(peer);
  await peer.close();
  process.send?.(figures, () => process.exit(0));
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
});
