import type { PublicEvent } from '@ao/contracts';

/** Of a request whose body is a CloudEvent (structured mode). */
export const CLOUD_EVENT_TYPE = 'application/cloudevents+json; charset=utf-8';
/** Standard Webhooks asks for less than 20 kB. */
export const MAX_CLOUD_EVENT_BYTES = 20_000;

/** A public event, or what stands for none of the log and so has an `id` instead of a position. */
export type CloudEventSubject = Pick<PublicEvent, 'time' | 'subject' | 'data'> & {
  readonly name: string;
  readonly position: number | null;
};

/**
 * An event as CloudEvents 1.0 JSON. The same event gives the same bytes. Data that would make it larger than 20 kB loses its
 * largest fields, down to ids and state, and says `truncated: true`.
 * `source`: a URI reference of this installation. `id`: for what has no position.
 */
export function cloudEvent(
  { name, position, time, subject, data }: CloudEventSubject,
  { source, id = '' }: { readonly source: string; readonly id?: string },
): string {
  const write = (body: object) =>
    JSON.stringify({
      ...{ specversion: '1.0', id: position === null ? id : String(position), source, type: name },
      ...{ subject: `${subject.kind}/${subject.id}`, time, datacontenttype: 'application/json', data: body },
    });
  const whole = write(data);
  return Buffer.byteLength(whole) <= MAX_CLOUD_EVENT_BYTES ? whole : write(cut(data, MAX_CLOUD_EVENT_BYTES - 1_000));
}

/** What tells how it stands goes first, then which things this is about, then the small before the large. */
function rankOf(key: string, bytes: number): number {
  if (bytes >= 500) return bytes;
  if (key === 'event' || key === 'status') return -1;
  return /(^|_)(id|at)$/.test(key) ? 0 : bytes;
}

function cut(data: Readonly<Record<string, unknown>>, limit: number): Record<string, unknown> {
  const fields = Object.entries(data).map(([key, value]) => {
    const bytes = Buffer.byteLength(JSON.stringify({ [key]: value }));
    return { key, bytes, rank: rankOf(key, bytes) };
  });
  const fitting = new Set<string>();
  let total = 0;
  for (const { key, bytes } of fields.toSorted(
    (one, other) => one.rank - other.rank || (one.key < other.key ? -1 : 1),
  )) {
    total += bytes;
    if (total > limit) break;
    fitting.add(key);
  }
  return { ...Object.fromEntries(Object.entries(data).filter(([key]) => fitting.has(key))), truncated: true };
}
