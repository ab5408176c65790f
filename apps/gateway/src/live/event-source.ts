import type { ServerResponse } from 'node:http';
import type { EventCodec } from './live-event';
import type { Sink } from './event-stream';
import { membersOf } from './platform-events.codec';

/** Whoever does not take the end is cut off. */
const CLOSE_GRACE_MS = 5_000;

/** Server-sent events: the position as the id, so that a browser comes back with it. The data is what the sockets say. */
export const serverSentEvents: EventCodec = {
  kind: 'event-stream',
  encode: (event) => `id: ${event.position}\nevent: ${event.name}\ndata: {${membersOf(event)}}\n\n`,
};

/** The answer to a request as what a stream of events writes to. */
export function eventSource(response: ServerResponse): Sink {
  // What is written to somebody who has just gone is an error of the response, and nothing else.
  response.on('error', () => undefined);
  return {
    write(frame, taken) {
      response.write(frame, taken && (() => taken()));
    },
    buffered: () => response.writableLength,
    say(type, fields) {
      if (!response.writable) return;
      const { position, resume_from } = fields as { position?: number; resume_from?: number };
      // A browser that is cut off before the first event comes back with this.
      const id = position ?? resume_from;
      // `error` is what browsers call the loss of the connection.
      const event = type === 'error' ? 'problem' : type;
      response.write(
        `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`,
      );
    },
    probe() {
      response.write(': keep-alive\n\n');
    },
    close() {
      response.end();
      setTimeout(() => response.destroy(), CLOSE_GRACE_MS).unref();
    },
  };
}
