import type { EventReader, RecordedEvent } from '@ao/event-log';
import { openTaskAfterRetry, type TaskInput } from './open-task';

const PAGE = 1_000;

/**
 * What is kept of open tasks forgets those that end. A task that is retried is one again: it is folded anew from its
 * stream, up to the event that says so and no further, so that every reader of that event gets the same.
 * @throws LogUnavailableError
 */
export async function withReopened(
  log: Pick<EventReader, 'readStream'>,
  event: RecordedEvent,
): Promise<RecordedEvent & Pick<TaskInput, 'reopened'>> {
  const events: TaskInput[] = [];
  for (let fromVersion = 1; fromVersion <= event.version; fromVersion += PAGE) {
    const page = await log.readStream(event.stream_id, { fromVersion, upTo: event.position, limit: PAGE });
    events.push(...(page as unknown as TaskInput[]));
  }
  return { ...event, reopened: openTaskAfterRetry(events) };
}
