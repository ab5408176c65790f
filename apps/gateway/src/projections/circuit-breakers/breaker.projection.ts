import { evolveBreaker, type BreakerDocument, type BreakerEvent } from '@ao/contracts';
import type { RecordedEvent } from '@ao/event-log';
import { idOf } from '@ao/kernel';
import type { Projection } from '@ao/projections';

export const CIRCUIT_BREAKERS = 'circuit_breakers';

/** One row per circuit breaker there is. */
export const breakerProjection: Projection<BreakerDocument> = {
  name: CIRCUIT_BREAKERS,
  version: 1,
  categories: ['circuitbreaker'],
  table: 'read_models.circuit_breakers',
  key: (event) => idOf(event.stream_id),
  evolve: (breaker, event) => evolveBreaker(breaker, event as RecordedEvent & BreakerEvent),
  columns: ({ name, state }) => ({ name, state }),
};
