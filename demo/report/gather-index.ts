import type { Run, RunNode } from '@agent-orchestration/sdk';
import type { StepKey } from '../index-workflow';
import { indexFile, killedFile, readJson, type FoundOut, type RunIndex, type RunParameters } from '../work-folder';

/** What the agents left in the work folder, each document with the tasks that the run had done for it. */
export async function gatherIndex(run: Run): Promise<RunIndex> {
  const { folder, work_folder, notes } = run.parameters as unknown as RunParameters;
  const documents = await readJson<FoundOut[]>(indexFile(work_folder));
  const killed = await readJson<RunIndex['killed']>(killedFile(work_folder)).catch(() => null);
  return { folder, startedAt: run.startedAt, killed, notes, ...withTasks(run, documents) };
}

/** Pure. */
export function withTasks(
  run: Pick<Run, 'steps'>,
  found: readonly FoundOut[],
): Pick<RunIndex, 'documents' | 'taskIds'> {
  const items = (key: StepKey): readonly RunNode[] => run.steps.find((step) => step.key === key)?.items ?? [];
  const taskIds = found.map((): string[] => []);
  // The places of the readable ones: those are the items of the steps after the first.
  const readable = [...found.keys()].filter((place) => found[place]?.skipped === undefined);
  const places = { extract: [...found.keys()], count: readable, keywords: readable };
  for (const key of ['extract', 'count', 'keywords'] as const)
    for (const { node, taskId } of items(key)) {
      const place = places[key][Number(node.split('/')[1])];
      if (taskId !== null && place !== undefined) taskIds[place]?.push(taskId);
    }
  return {
    documents: found.map((document, place) => ({ ...document, taskIds: taskIds[place] ?? [] })),
    taskIds: run.steps.flatMap(({ taskId }) => taskId ?? []),
  };
}
