import type { ReadyTask } from './lane';
import type { Match, MatchMaker } from './match-maker';

export function readyTask(task_id: string, priority: number, position: number, fairness_key?: string): ReadyTask {
  return { task_id, priority, level: priority, position, fairness_key, slot: -1, cell: undefined };
}

/** Gives out the next task. */
export function next(maker: MatchMaker): Match | undefined {
  const task = maker.first();
  if (!task) return undefined;
  const match = maker.match(task);
  maker.give(task, match.agent_id);
  return match;
}
