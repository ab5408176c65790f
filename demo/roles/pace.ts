import { setTimeout as pause } from 'node:timers/promises';
import type { TaskHandler } from '@agent-orchestration/sdk';

/** The same work at an agent's own pace: what a slower machine or a thinking model would add. Milliseconds per task. */
export function delayed(handler: TaskHandler, paceMs: number): TaskHandler {
  return async (task) => {
    const result = await handler(task);
    task.progress(100);
    // Before the result is told: whoever is killed now has worked for nothing.
    await pause(paceMs, undefined, { signal: task.signal });
    return result;
  };
}
