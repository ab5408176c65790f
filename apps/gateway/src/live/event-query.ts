import { z } from 'zod';
import { wholeNumber } from '../faces/query.schemas';
import { objectsOf, type Wanted } from './event-requests';
import { namesOf } from './interest';
import { EventList } from './platform-events.codec';

export const Position = wholeNumber(Number.MAX_SAFE_INTEGER)
  .optional()
  .meta({ description: 'Position in the log: first what came after it, then what comes' });

const One = z.string().min(1).max(128).optional();

/** What a URL says of the events that are wanted. */
export const EventQuery = z.object({
  events: EventList.optional(),
  task_id: One.meta({ description: 'Only what concerns this task' }),
  agent_id: One.meta({ description: 'Only what concerns this agent, by any of its ids' }),
  worker_id: One.meta({ description: 'Only what concerns this worker' }),
  run_id: One.meta({ description: 'Only what concerns this run of a workflow' }),
  from_position: Position,
});
export type EventQuery = z.output<typeof EventQuery>;

/** A subscription for each pattern. */
export function wantedIn(query: Omit<EventQuery, 'from_position'>, patterns: readonly string[]): Wanted[] {
  const objects = objectsOf(query);
  return patterns.map((event) => ({
    ...{ names: namesOf(event), objects, shown: { event, ...objects }, pointer: '/query' },
  }));
}
