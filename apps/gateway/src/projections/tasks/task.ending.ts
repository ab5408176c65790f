import { OPEN_TASK_STATUSES } from '@ao/contracts';
import type { ModelPositions } from '../../commands/model-positions';
import { TASKS } from './task.projection';
import type { TaskQueries } from './task.queries';
import type { TaskReadModel } from './task.read-model';

/** A busy model moves all the time; one look in so long is soon enough. */
const PAUSE_MS = 50;

/** Waits until tasks have ended, by the read model's own word. */
export class TaskEndings {
  constructor(
    private readonly tasks: Pick<TaskQueries, 'find'>,
    private readonly positions: Pick<ModelPositions, 'positionOf' | 'reached'>,
  ) {}

  /** The task as it is when it has ended, or when the time is over; undefined: the model has not heard of it. */
  async endOf(taskId: string, timeoutMs: number): Promise<TaskReadModel | undefined> {
    const until = performance.now() + timeoutMs;
    for (;;) {
      const seen = this.positions.positionOf(TASKS);
      const task = await this.tasks.find(taskId);
      const left = until - performance.now();
      if ((task && !OPEN_TASK_STATUSES.includes(task.status)) || left <= 0) return task;
      await this.positions.reached(TASKS, seen + 1, left);
      await new Promise((resolve) => setTimeout(resolve, Math.min(PAUSE_MS, left)));
    }
  }
}
