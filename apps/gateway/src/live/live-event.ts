import { isPersonal, publicEventOf, type PublicEvent, type PublicEventName } from '@ao/contracts';
import type { Position, RecordedEvent } from '@ao/event-log';

/** How one kind of connection writes an event. */
export interface EventCodec {
  /** Of the connections that speak it, in metrics. */
  readonly kind: string;
  encode(event: LiveEvent): string;
}

/** Objects that an event is told under, besides its own subject. */
const REFERENCES = { task_id: 'task', agent_id: 'agent', worker_id: 'worker', run_id: 'run' } as const;
/** Every event that concerns some agent. */
export const ANY_AGENT = 'agent:*';

export const keyOf = (kind: string, id: string) => `${kind}:${id}`;

/** An event on its way to everybody whom it concerns: turned into text once, and into each codec's frame once. */
export class LiveEvent {
  readonly name: PublicEventName;
  readonly position: Position;
  readonly time: string;
  readonly subject: PublicEvent['subject'];
  /** The objects it concerns. */
  readonly keys: readonly string[];
  /** The only user who may hear of it; undefined: whoever has the permission. */
  readonly owner: string | undefined;
  /** Its data as JSON. What is kept of an event is this text: its length is what it costs. */
  readonly json: string;
  private readonly frames = new Map<EventCodec, Buffer>();

  private constructor({ name, position, time, subject, data }: PublicEvent) {
    this.name = name;
    this.position = position;
    this.time = time;
    this.subject = subject;
    this.keys = keysOf(subject, data);
    this.owner = isPersonal(name) ? ownerOf(data) : undefined;
    this.json = JSON.stringify(data);
  }

  /** Undefined: nobody outside hears of it. */
  static of(event: RecordedEvent): LiveEvent | undefined {
    const told = publicEventOf(event as Parameters<typeof publicEventOf>[0]);
    return told && new LiveEvent(told);
  }

  data(): Record<string, unknown> {
    return JSON.parse(this.json) as Record<string, unknown>;
  }

  frame(codec: EventCodec): Buffer {
    let frame = this.frames.get(codec);
    if (!frame) this.frames.set(codec, (frame = Buffer.from(codec.encode(this))));
    return frame;
  }
}

function keysOf({ kind, id }: PublicEvent['subject'], data: Readonly<Record<string, unknown>>): string[] {
  const keys = new Set([keyOf(kind, id)]);
  for (const [field, of] of Object.entries(REFERENCES)) {
    const value = data[field];
    if (typeof value === 'string') keys.add(keyOf(of, value));
  }
  // What a step makes says whose it is: a task when it is created, an approval when it is asked for.
  const run = data.run as { readonly run_id?: unknown } | null | undefined;
  if (typeof run?.run_id === 'string') keys.add(keyOf('run', run.run_id));
  if (kind === 'agent' || typeof data.agent_id === 'string') keys.add(ANY_AGENT);
  return [...keys];
}

/** Without one it is nobody's: it is told to no one rather than to all. */
function ownerOf({ user_id, recipient_id }: Readonly<Record<string, unknown>>): string {
  const owner = user_id ?? recipient_id;
  return typeof owner === 'string' ? owner : '';
}
