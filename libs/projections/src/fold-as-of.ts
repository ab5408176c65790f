import type { EventReader, Position, RecordedEvent } from '@ao/event-log';
import type { Projection } from './projection';

/** A past moment: a position of the log, or a time (ISO 8601). */
export type Moment = { readonly position: Position } | { readonly time: string };

const PAGE = 1_000;

/** The events of a stream up to a moment, in pages. */
export async function* eventsAsOf(
  reader: Pick<EventReader, 'readStream'>,
  streamId: string,
  moment: Moment,
): AsyncGenerator<readonly RecordedEvent[]> {
  const until = 'time' in moment ? Date.parse(moment.time) : undefined;
  let fromVersion = 1;
  for (;;) {
    const events = await reader.readStream(streamId, {
      fromVersion,
      limit: PAGE,
      ...('position' in moment && { upTo: moment.position }),
    });
    // Log time never runs backwards; within its millisecond everything belongs to the moment.
    const after = until === undefined ? -1 : events.findIndex(({ recorded_at }) => Date.parse(recorded_at) > until);
    yield after < 0 ? events : events.slice(0, after);
    if (after >= 0 || events.length < PAGE) return;
    fromVersion += events.length;
  }
}

/**
 * The document of one key as it was at a moment, folded from its stream: for `?as_of`. Right for projections whose
 * documents are folded from one stream each.
 * @returns undefined when there was no such document then
 */
export async function foldAsOf<Document extends object>(
  reader: Pick<EventReader, 'readStream'>,
  projection: Pick<Projection<Document>, 'key' | 'evolve'>,
  streamId: string,
  moment: Moment,
): Promise<{ document: Document; position: Position } | undefined> {
  let document: Document | undefined;
  let position: Position = 0;
  for await (const events of eventsAsOf(reader, streamId, moment)) {
    for (const event of events) {
      if (projection.key(event) === undefined) continue;
      const after = projection.evolve(document, event);
      if (after !== document) position = event.position;
      document = after;
    }
  }
  return document && { document, position };
}
