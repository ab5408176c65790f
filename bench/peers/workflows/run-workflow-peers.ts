import { rmSync } from 'node:fs';
import path from 'node:path';
import type { Pool } from 'pg';
import type { WorkflowFigures } from '../../workflows.figures';
import { choose, databaseFor, figuresOf } from '../run-peers';
import { WORKFLOW_PEERS, type WorkflowPeerName } from './workflow-peer';

/** As `choosePeers`, of the engines of workflows. */
export const chooseWorkflowPeers = (wanted?: string) => choose(WORKFLOW_PEERS, wanted);

/** One after the other: DBOS on a database of its own of this Postgres, Restate on files of its own. */
export async function runWorkflowPeers(
  peers: readonly WorkflowPeerName[],
  { pool, databaseUrl }: { pool: Pool; databaseUrl: string },
  print: (what: string, figures: object) => void,
): Promise<ReadonlyMap<WorkflowPeerName, WorkflowFigures>> {
  const program = path.join(__dirname, `workflow-peer.main${path.extname(__filename)}`);
  const measured = new Map<WorkflowPeerName, WorkflowFigures>();
  for (const name of peers) {
    const folder = path.resolve('.cache', 'bench', `${name}-${process.pid}`);
    try {
      const url = name === 'dbos' ? await databaseFor('dbos_workflows', pool, databaseUrl) : '';
      const figures = await figuresOf<WorkflowFigures>(program, [name, url, folder]);
      measured.set(name, figures);
      const { step_to_step, ...rest } = figures;
      print(`peer: ${name}, three steps in process`, { ...rest, ...step_to_step });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return measured;
}
