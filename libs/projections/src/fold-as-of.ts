import type { EventReader, Position } from '@ao/event-log';
import type { Projection } from './projection';

/** A past moment: a position of the log, or a time (ISO 8601). */
export type Moment = { readonly position: Position } | { readonly time: string };

const PAGE = 1_000;

/**
 * The document of one key as it was at a moment, folded from its stream: for `?as_of`. Right for projections whose
 * documents are folded from one stream each.
 * @returns undefined when there was no such document then
 */
export async function foldAsOf<Document extends object>(
  reader: Pick<EventReader, 'readStream'>,
  projection: Projection<Document>,
  streamId: string,
  moment: Moment,
): Promise<{ document: Document; position: Position } | undefined> {
  const until = 'time' in moment ? Date.parse(moment.time) : undefined;
  let document: Document | undefined;
  let position: Position = 0;
  let fromVersion = 1;
  for (;;) {
    const events = await reader.readStream(streamId, {
      fromVersion,
      limit: PAGE,
      ...('position' in moment && { upTo: moment.position }),
    });
    for (const event of events) {
      // Log time never runs backwards; within its millisecond everything belongs to the moment.
      if (until !== undefined && Date.parse(event.recorded_at) > until) return document && { document, position };
      if (projection.key(event) === undefined) continue;
      const after = projection.evolve(document, event);
      if (after !== document) position = event.position;
      document = after;
    }
    if (events.length < PAGE) return document && { document, position };
    fromVersion += events.length;
  }
}
