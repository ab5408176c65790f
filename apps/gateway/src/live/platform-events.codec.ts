import { EventPattern, EventPatterns } from '@ao/contracts';
import { z } from 'zod';
import { frameReader, objectsOf, ObjectFields, type SocketCodec, type Wanted } from './event-requests';
import { namesOf } from './interest';
import type { LiveEvent } from './live-event';

const One = z.object({ event: EventPattern, ...ObjectFields });

/** Seed 003's words, with dots: `/api/v1/ws` and `/ws`. */
export const platformEvents: SocketCodec = {
  kind: 'events',
  encode: (event) => `{"type":"event",${membersOf(event)}}`,
  read: frameReader(One, wantedOf),
};

/** What a frame of an event says, without its braces. */
export function membersOf({ name, position, time, subject, json }: LiveEvent): string {
  return `"event":"${name}","position":${position},"time":"${time}","subject":${JSON.stringify(subject)},"data":${json}`;
}

export function wantedOf(one: z.output<typeof One>, pointer: string): Wanted {
  const objects = objectsOf(one);
  const { event } = one;
  return { names: namesOf(event), objects, shown: { event, ...objects }, pointer };
}

/** The names or patterns of a query, with commas between them. */
export const EventList = z
  .string()
  .max(1_000)
  .transform((list) => list.split(',').map((pattern) => pattern.trim()))
  .pipe(EventPatterns)
  .meta({ description: 'Names of events or patterns such as task.*, with commas between them', type: 'string' });
