import type { TaskEvent } from '@ao/contracts';
import type { EventBatch, OwnedSubscription, RecordedEvent } from '@ao/event-log';
import type { Clock } from '@ao/kernel';
import type { Timers } from '@ao/timers';
import { loadBreakers, loadTallies, storeBreakers, storeTallies } from './breaker.store';
import { GuardIndex } from './guard-index';
import { agentConcerned, foldBreakers } from './open-breaker-when-tasks-fail';
import type { TraitsCache } from './traits-cache';

export const BREAKERS = 'circuit-breakers';

/** How late a breaker may notice, and what keeps the transactions few. */
const REST_MS = 100;

export interface BreakerSubscriptionOptions {
  readonly timers: Pick<Timers, 'schedule' | 'cancel'>;
  readonly traits: TraitsCache;
  readonly clock: Clock;
}

/**
 * Keeps `tasks.circuit_breakers`, what they have counted, and the timers of what they do next. Nothing but traits is kept
 * in memory between batches, so a batch that is rolled back leaves nothing behind. While there are no breakers a batch
 * costs one look.
 */
export function breakerSubscription(options: BreakerSubscriptionOptions): OwnedSubscription {
  const { timers, traits, clock } = options;
  return {
    name: BREAKERS,
    categories: ['circuitbreaker', 'task'],
    batchSize: 2_000,
    restMs: REST_MS,
    async handle(events, transaction) {
      const breakers = new GuardIndex(await loadBreakers(transaction));
      const configured = events.some(({ category }) => category === 'circuitbreaker');
      if (breakers.size === 0 && !configured) return;
      if (breakers.needsTraits || configured) await learn(traits, events);
      const tallies = await loadTallies(transaction, concernedBy(events, breakers, traits));
      const now = clock.now();
      const effect = foldBreakers(events, { breakers, tallies }, (taskId) => traits.get(taskId), now);
      await storeBreakers(transaction, breakers, effect.changed);
      await storeTallies(transaction, tallies, effect.tallied, now);
      await timers.cancel(transaction, effect.cancel);
      await timers.schedule(transaction, effect.schedule);
    },
  };
}

function learn(traits: TraitsCache, events: EventBatch): Promise<void> {
  for (const event of events) traits.remember(event);
  return traits.learn(events.flatMap(taskConcerned));
}

/** Tasks of which it matters what they are. */
function taskConcerned(event: RecordedEvent): string[] {
  if (event.category !== 'task' || agentConcerned(event as unknown as TaskEvent) === undefined) return [];
  return [(event.data as { task_id: string }).task_id];
}

function concernedBy(events: EventBatch, breakers: GuardIndex, traits: TraitsCache): string[] {
  const ids = new Set<string>();
  for (const event of events) {
    if (event.category === 'circuitbreaker') ids.add((event.data as { breaker_id: string }).breaker_id);
    else {
      const taskEvent = event as unknown as TaskEvent;
      const agentId = agentConcerned(taskEvent);
      if (agentId === undefined) continue;
      for (const guard of breakers.of(agentId, traits.get(taskEvent.data.task_id))) ids.add(guard.breaker_id);
    }
  }
  return [...ids];
}
