import { camelKeys, snakeKeys } from './casing';
import type { RetryPolicy, Task, TaskChanges, TaskRequirements, TaskSubmission, TimeLike } from './types';

/** A submission, or changes, as the API takes them: times in ISO 8601, names in snake_case, the caller's own keys untouched. */
export function bodyOf(
  task: TaskSubmission | TaskChanges | { readonly notBefore?: TimeLike },
): Record<string, unknown> {
  const body = Object.fromEntries(
    Object.entries(task).map(([key, value]: [string, unknown]) => [
      key,
      value instanceof Date ? value.toISOString() : NESTED.has(key) && value ? snakeKeys(value) : value,
    ]),
  );
  return snakeKeys(body);
}

/** Objects with names of the API. */
const NESTED = new Set(['requirements', 'retry']);

export function taskOf<Result>(wire: object): Task<Result> {
  const task = camelKeys<Task<Result> & { requirements: object; retry: object; credentials?: readonly object[] }>(wire);
  return {
    ...task,
    requirements: camelKeys<TaskRequirements>(task.requirements),
    retry: camelKeys<Required<RetryPolicy>>(task.retry),
    progress: task.progress ?? 0,
    ...(task.credentials && { credentials: task.credentials.map((one) => camelKeys(one)) }),
  };
}
