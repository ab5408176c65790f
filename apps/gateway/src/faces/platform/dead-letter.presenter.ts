import { UNCLASSIFIED } from '@ao/contracts';
import { DEAD_LETTER_AGES, type DeadLetterGroup } from '../../projections/tasks/dead-letter.queries';
import type { TaskReadModel } from '../../projections/tasks/task.read-model';
import type { DeadLetterStats, ShownDeadLetterDto } from './dead-letter.schemas';
import { presentTask } from './task.presenter';

/** A dead letter: the task, and since when and why it is one. */
export function presentDeadLetter(task: TaskReadModel): ShownDeadLetterDto {
  return {
    ...presentTask(task),
    dead_lettered_at: task.ended_at ?? task.updated_at,
    failure_class: task.failure?.class ?? UNCLASSIFIED,
  };
}

export function presentDeadLetterStats(groups: readonly DeadLetterGroup[]): DeadLetterStats {
  const times = groups.flatMap(({ oldest, newest }) => [oldest.getTime(), newest.getTime()]);
  const timeOf = (time: number) => (Number.isFinite(time) ? new Date(time).toISOString() : null);
  return {
    total: groups.reduce((sum, { count }) => sum + count, 0),
    by_class: sums(groups, (group) => group.class).map(([name, count]) => ({ class: name, count })),
    by_type: sums(groups, (group) => group.type).map(([type, count]) => ({ type, count })),
    by_age: Object.fromEntries(
      DEAD_LETTER_AGES.map((age) => [
        age,
        groups.reduce((sum, group) => sum + (group.age === age ? group.count : 0), 0),
      ]),
    ) as DeadLetterStats['by_age'],
    oldest_at: timeOf(Math.min(...times)),
    newest_at: timeOf(Math.max(...times)),
  };
}

/** The most frequent first. */
function sums(groups: readonly DeadLetterGroup[], by: (group: DeadLetterGroup) => string): [string, number][] {
  const counts = new Map<string, number>();
  for (const group of groups) counts.set(by(group), (counts.get(by(group)) ?? 0) + group.count);
  return [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
}
