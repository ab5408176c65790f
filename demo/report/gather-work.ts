import type { Client } from '@agent-orchestration/sdk';
import { forEachOf } from '../for-each-of';
import type { RunIndex } from '../work-folder';
import { attemptsOf, type Attempt } from './attempts';

export interface TaskWork {
  readonly taskId: string;
  readonly type: string;
  /** Path of the document, or null. */
  readonly document: string | null;
  readonly attempts: readonly Attempt[];
}

export interface Work {
  readonly tasks: readonly TaskWork[];
  /** The agents' own names by the control plane's ids. */
  readonly agentNames: Readonly<Record<string, string>>;
}

/** Asks the control plane for the history of every task of the run. `progress` is told the share done, 0 to 1. */
export async function gatherWork(
  client: Client,
  run: RunIndex,
  progress: (share: number) => void,
  signal?: AbortSignal,
): Promise<Work> {
  const wanted = [
    ...run.documents.flatMap(({ path, taskIds }) => taskIds.map((taskId) => ({ taskId, document: path }))),
    ...run.taskIds.map((taskId) => ({ taskId, document: null })),
  ];
  const tasks = new Array<TaskWork>(wanted.length);
  let done = 0;
  await forEachOf(wanted, 16, async ({ taskId, document }, index) => {
    const events = await client.tasks.history(taskId, { signal });
    const type = String(events.find((event) => event.type === 'TaskSubmitted')?.data.type ?? '');
    tasks[index] = { taskId, type, document, attempts: attemptsOf(events) };
    progress((done += 1) / wanted.length);
  });
  const agentNames: Record<string, string> = {};
  for (const { attempts } of tasks) {
    for (const { agentId } of attempts) {
      agentNames[agentId] ??= (await client.agents.get(agentId, { signal })).agentId;
    }
  }
  return { tasks, agentNames };
}
