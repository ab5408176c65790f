import type { TaskOrder } from '@ao/contracts';
import { Problem } from '../../http/problem';

/** What one task may take: a command's 256 KiB, less its envelope. */
export const MAX_TASK_BYTES = 240 * 1024;
/** Many small tasks share a message up to here. */
const MAX_MESSAGE_BYTES = 200 * 1024;

/**
 * Cuts a list of tasks into lists that each fit one message, in order. The cut depends on the tasks alone, so that a
 * repetition of the request is cut the same and each part is recognised.
 * @throws Problem 413 naming the task that fits none, before any is sent
 */
export function inMessages(tasks: readonly TaskOrder[]): TaskOrder[][] {
  const messages: TaskOrder[][] = [];
  let room = 0;
  for (const [index, task] of tasks.entries()) {
    const bytes = Buffer.byteLength(JSON.stringify(task)) + 1;
    if (bytes > MAX_TASK_BYTES) {
      const pointer = `/tasks/${index}`;
      throw new Problem(413, 'too_large', `${pointer}: must not be larger than ${MAX_TASK_BYTES} bytes`, {
        errors: [{ pointer, message: `must not be larger than ${MAX_TASK_BYTES} bytes` }],
      });
    }
    const message = messages.at(-1);
    if (message && bytes <= room) {
      message.push(task);
      room -= bytes;
    } else {
      messages.push([task]);
      room = MAX_MESSAGE_BYTES - bytes;
    }
  }
  return messages;
}
