import { stepLatencies, type WorkflowFigures } from '../../workflows.figures';
import { measureRuns } from '../../workflows.load';
import { openDbos } from './dbos.peer';
import { openRestate } from './restate.peer';
import type { OpenWorkflowPeer, WorkflowPeerName } from './workflow-peer';

const OPEN: Readonly<Record<WorkflowPeerName, OpenWorkflowPeer>> = { restate: openRestate, dbos: openDbos };

/** One engine in a process of its own: `workflow-peer.main <name> <url> <folder>` sends its figures to its parent. */
async function main(): Promise<void> {
  const [name, url = '', folder = ''] = process.argv.slice(2);
  process.once('disconnect', () => process.exit(1));
  const times = stepLatencies();
  const peer = await OPEN[name as WorkflowPeerName](url, folder, (run, step) => {
    times.started(run, step);
    times.ended(run, step);
  });
  const figures: WorkflowFigures = await measureRuns((run) => peer.run(run, 3), times);
  await peer.close();
  process.send?.(figures, () => process.exit(0));
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
});
