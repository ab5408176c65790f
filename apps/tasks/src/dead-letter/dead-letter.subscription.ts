import type { DeadLetterRetryEvent, TaskEvent } from '@ao/contracts';
import type { EventBatch, OwnedSubscription, RecordedEvent } from '@ao/event-log';
import { idOf } from '@ao/kernel';
import type { DueCommand, Timers } from '@ao/timers';
import { retryTimer } from './go-on-with-dead-letter-retry';
import { writeDeadLetters, type NewDeadLetter } from './dead-letter.store';

/** A retry goes through what is in the table: nobody waits for it by the millisecond. */
const REST_MS = 100;

/**
 * Keeps `tasks.dead_letters`, and the timers of retries that are under way. One subscription for both: when a retry's
 * timer is set, everything that was dead-lettered before it stands in the table.
 */
export function deadLetterSubscription(timers: Pick<Timers, 'schedule'>): OwnedSubscription {
  return {
    name: 'dead-letters',
    categories: ['task', 'deadletterretry'],
    batchSize: 1_000,
    restMs: REST_MS,
    async handle(events, transaction) {
      const { added, ended, due } = effectOf(events);
      if (added.length > 0 || ended.length > 0) await writeDeadLetters(transaction, { added, ended });
      if (due.length > 0) await timers.schedule(transaction, due);
    },
  };
}

export interface DeadLetterEffect {
  readonly added: NewDeadLetter[];
  /** Tasks that are dead letters no more, those that never were among them. */
  readonly ended: string[];
  readonly due: DueCommand[];
}

/** What a batch does to the table and the timers. Pure. */
export function effectOf(events: EventBatch): DeadLetterEffect {
  const after = new Map<string, NewDeadLetter | undefined>();
  const due: DueCommand[] = [];
  for (const event of events) {
    if (event.category === 'task') applyTask(after, event);
    else due.push(...timersOf(event));
  }
  const added = [...after.values()].filter((letter) => letter !== undefined);
  return { added, ended: [...after].filter(([, letter]) => !letter).map(([taskId]) => taskId), due };
}

function applyTask(after: Map<string, NewDeadLetter | undefined>, recorded: RecordedEvent): void {
  const event = recorded as unknown as TaskEvent;
  switch (event.type) {
    case 'TaskDeadLettered': {
      const { task_id, agent_id = null, failure, dead_lettered_at } = event.data;
      const failure_class = failure.class ?? null;
      after.set(task_id, { task_id, position: recorded.position, failure_class, agent_id, dead_lettered_at });
      return;
    }
    // The ways off the dead letters; of a task that was none they change nothing.
    case 'TaskRetried':
    case 'TaskDeadLetterRemoved':
    case 'TaskResultAccepted':
    case 'TaskCancelled':
      after.set(event.data.task_id, undefined);
      return;
    default:
  }
}

function timersOf(recorded: RecordedEvent): DueCommand[] {
  const event = recorded as unknown as DeadLetterRetryEvent;
  if (event.type === 'DeadLetterRetryFinished') return [];
  const { actor, correlation_id } = recorded.metadata;
  return [retryTimer({ retry_id: idOf(recorded.stream_id), actor, correlation_id }, recorded.recorded_at)];
}
