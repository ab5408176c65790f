import type { Attempt } from './attempts';
import type { TaskWork, Work } from './gather-work';

/** What one agent did in the run. */
export interface AgentWork {
  readonly agent: string;
  readonly completed: number;
  /** Attempts that ended without a result of its own: lost, returned or failed. */
  readonly unfinished: number;
  /** Milliseconds spent on attempts, from start to end; attempts side by side all count. */
  readonly busyMs: number;
  readonly byType: Readonly<Record<string, number>>;
}

export interface TakenOver {
  readonly task: TaskWork;
  readonly from: string;
  readonly by: string;
  /** Milliseconds from the loss of the first agent's lease to the result. */
  readonly afterMs: number;
}

export const nameOf = (work: Work, agentId: string) => work.agentNames[agentId] ?? agentId;

export function durationMs(attempt: Attempt): number {
  if (attempt.startedAt === null || attempt.endedAt === null) return 0;
  return Math.max(0, Date.parse(attempt.endedAt) - Date.parse(attempt.startedAt));
}

/** Per agent, in order of their names. */
export function workByAgent(work: Work): AgentWork[] {
  const agents = new Map<
    string,
    { completed: number; unfinished: number; busyMs: number; byType: Record<string, number> }
  >();
  for (const task of work.tasks) {
    for (const attempt of task.attempts) {
      const name = nameOf(work, attempt.agentId);
      const entry = agents.get(name) ?? { completed: 0, unfinished: 0, busyMs: 0, byType: {} };
      agents.set(name, entry);
      entry.busyMs += durationMs(attempt);
      if (attempt.outcome !== 'completed') entry.unfinished += 1;
      else {
        entry.completed += 1;
        entry.byType[task.type] = (entry.byType[task.type] ?? 0) + 1;
      }
    }
  }
  return [...agents].map(([agent, entry]) => ({ agent, ...entry })).sort((a, b) => (a.agent < b.agent ? -1 : 1));
}

/** Tasks that one agent lost and another completed. */
export function takenOver(work: Work): TakenOver[] {
  return work.tasks.flatMap((task) => {
    const lost = task.attempts.find(({ outcome }) => outcome === 'lost');
    const done = task.attempts.find(({ outcome }) => outcome === 'completed');
    if (!lost || !done || lost.endedAt === null || done.endedAt === null) return [];
    const afterMs = Date.parse(done.endedAt) - Date.parse(lost.endedAt);
    return [{ task, from: nameOf(work, lost.agentId), by: nameOf(work, done.agentId), afterMs }];
  });
}
