import type { PublicEventName } from '@ao/contracts';
import type { Position } from '@ao/event-log';
import { z } from 'zod';
import { validationProblem } from '../http/failures';
import { Problem } from '../http/problem';
import type { EventCodec } from './live-event';

/** Objects that a subscription can be narrowed to, by the ids that the API takes for them. */
export const ObjectFields = {
  task_id: z.string().min(1).max(128).optional(),
  agent_id: z.string().min(1).max(128).optional(),
  worker_id: z.string().min(1).max(128).optional(),
  run_id: z.string().min(1).max(128).optional(),
} as const;
export type ObjectField = keyof typeof ObjectFields;

/** A subscription as it is asked for: ids still as the caller writes them. */
export interface Wanted {
  readonly names: ReadonlySet<PublicEventName>;
  readonly objects: Readonly<Partial<Record<ObjectField, string>>>;
  /** Only what concerns some agent. */
  readonly ofAgents?: boolean;
  /** In the caller's words, for the answer. */
  readonly shown: object;
  /** Where it stood in the frame. */
  readonly pointer: string;
}

/** Echoed in the answer. */
const RequestId = z.union([z.string().max(64), z.int()], 'must be text of at most 64 characters, or a whole number');
export type RequestId = z.infer<typeof RequestId>;
export const isRequestId = (id: unknown): id is RequestId => RequestId.safeParse(id).success;
export const FromPosition = z.int().min(0).optional();
export const Token = z.string().min(1).max(4096);
const AuthFrame = z.strictObject({ type: z.literal('auth'), id: RequestId.optional(), token: Token });
/** More at once are several frames. */
export const MAX_AT_ONCE = 100;

export type Asked =
  | { readonly kind: 'ping' }
  | { readonly kind: 'auth'; readonly id?: RequestId; readonly token: string }
  | {
      readonly kind: 'subscribe';
      readonly id?: RequestId;
      readonly wanted: readonly Wanted[];
      readonly from?: Position;
    }
  | { readonly kind: 'unsubscribe'; readonly id?: RequestId; readonly wanted: readonly Wanted[] };

/** A codec of sockets: it reads too. */
export interface SocketCodec extends EventCodec {
  /** @throws Problem for what cannot be taken */
  read(frame: unknown): Asked;
}

/**
 * The frames that all sockets take, around a codec's own way to write a subscription: one, or several at once under
 * `subscriptions`.
 */
export function frameReader<One extends z.ZodObject>(
  one: One,
  wantedOf: (one: z.output<One>, pointer: string) => Wanted,
): (frame: unknown) => Asked {
  const several = { subscriptions: z.array(one).min(1).max(MAX_AT_ONCE) };
  const frames = {
    subscribe: { type: z.literal('subscribe'), id: RequestId.optional(), from_position: FromPosition },
    unsubscribe: { type: z.literal('unsubscribe'), id: RequestId.optional() },
  };
  const schemas = {
    subscribe: {
      one: one.extend(frames.subscribe).strict(),
      several: z.strictObject({ ...frames.subscribe, ...several }),
    },
    unsubscribe: {
      one: one.extend(frames.unsubscribe).strict(),
      several: z.strictObject({ ...frames.unsubscribe, ...several }),
    },
  };
  return (frame) => {
    const type = typeOf(frame);
    if (type === 'ping') return { kind: type };
    if (type === 'auth') {
      const { id, token } = taken(AuthFrame, frame);
      return { kind: type, token, ...(id !== undefined && { id }) };
    }
    if (type !== 'subscribe' && type !== 'unsubscribe') throw unknownType();
    const asked = taken(
      'subscriptions' in (frame as object) ? schemas[type].several : schemas[type].one,
      frame,
    ) as z.output<One> & { id?: RequestId; from_position?: number; subscriptions?: z.output<One>[] };
    const wanted = asked.subscriptions
      ? asked.subscriptions.map((each, index) => wantedOf(each, `/subscriptions/${index}`))
      : [wantedOf(asked, '')];
    return {
      kind: type,
      wanted,
      ...(asked.id !== undefined && { id: asked.id }),
      ...(type === 'subscribe' && asked.from_position !== undefined && { from: asked.from_position }),
    };
  };
}

function typeOf(frame: unknown): unknown {
  return typeof frame === 'object' && frame !== null ? (frame as { type?: unknown }).type : undefined;
}

function taken<Schema extends z.ZodType>(schema: Schema, frame: unknown): z.output<Schema> {
  const parsed = schema.safeParse(frame);
  if (parsed.success) return parsed.data;
  const problem = validationProblem(parsed.error);
  throw new Problem(problem.status, problem.code, problem.detail.replace(/^The body/, 'The frame'), problem.options);
}

function unknownType(): Problem {
  const message = 'must be ping, auth, subscribe or unsubscribe';
  return new Problem(422, 'validation_failed', `/type: ${message}`, { errors: [{ pointer: '/type', message }] });
}

/** The objects of a subscription, as far as it names any. */
export function objectsOf(one: Partial<Record<ObjectField, string>>): Wanted['objects'] {
  const objects: Partial<Record<ObjectField, string>> = {};
  for (const field of Object.keys(ObjectFields) as ObjectField[]) {
    if (one[field] !== undefined) objects[field] = one[field];
  }
  return objects;
}
