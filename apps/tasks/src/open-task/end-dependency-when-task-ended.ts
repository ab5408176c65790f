import type { CommandShell } from '@ao/event-log';
import { systemMetadata, derivedId, isRejection } from '@ao/kernel';
import type { DueCommand } from '@ao/timers';
import { taskAggregate } from '../task/task.aggregate';
import { isEnded } from '../task/task.state';
import type { OpenTask } from './open-task';
import type { Dependency, DependencyChanges } from './open-task.store';

export const DEPENDENCY_ENDED = 'dependency_ended';

const AT_ONCE = '1970-01-01T00:00:00.000Z';

/**
 * Reaction: when a task ends, those that depend on it hear of it. Who waits for whom stands in `tasks.dependencies`; a due
 * command per dependent is part of the transaction that takes the end in, so that it survives a crash, and has the same
 * command id whenever it is carried out.
 *
 * No cycle can be: a task names others by ids that the server makes up as they are submitted, names only those that there
 * are, and what it depends on is never changed afterwards. Every dependency was submitted before its dependent.
 */
export function dependencyTimer({ task_id, dependency_id }: Dependency): DueCommand {
  // Without a payload, as those of the times of tasks.
  return { timer_id: `${task_id}/${dependency_id}`, due_at: AT_ONCE, kind: DEPENDENCY_ENDED, payload: null };
}

/** What a batch does to who waits for whom. Pure. */
export function dependencyChanges(
  before: ReadonlyMap<string, OpenTask>,
  after: ReadonlyMap<string, OpenTask | undefined>,
): DependencyChanges {
  const changes: DependencyChanges = { over: [], added: [], ended: [] };
  for (const [task_id, task] of after) {
    if (!task) changes.ended.push(task_id);
    const [waited, waits] = [before.get(task_id)?.waits_for ?? [], task?.waits_for ?? []];
    if (waited === waits) continue;
    for (const dependency_id of waited)
      if (!waits.includes(dependency_id)) changes.over.push({ task_id, dependency_id });
    for (const dependency_id of waits)
      if (!waited.includes(dependency_id)) changes.added.push({ task_id, dependency_id });
  }
  return changes;
}

/** Carries it out. A dependency that is open again, because somebody retried it, is waited for until its next end. */
export function endDependency(shell: Pick<CommandShell, 'run' | 'state'>) {
  return async ({ timer_id }: Pick<DueCommand, 'timer_id'>): Promise<void> => {
    const [task_id, dependency_id] = timer_id.split('/') as [string, string];
    const { state } = await shell.state(taskAggregate, dependency_id, { fresh: true });
    if (!isEnded(state)) return;
    const command_id = derivedId('end-dependency', task_id, dependency_id);
    const { status } = state;
    const result = await shell.run(
      taskAggregate,
      task_id,
      {
        type: 'EndDependency',
        data: { task_id, dependency_id, status },
        metadata: systemMetadata('dependencies', command_id),
      },
      // However it has ended by now, it counts once.
      { payload: { task_id, dependency_id } },
    );
    if (isRejection(result) && result.rejection === 'unavailable') throw new Error(result.message);
  };
}
