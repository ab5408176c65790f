import { z } from 'zod';
import type { CommandMetadata, Rejection } from '@ao/kernel';
import { MalformedMessageError } from './errors';

/**
 * What stands in a request and in its answer. Commands that one sender sends to one subject within one tick share a
 * message: `{commands: [{data, metadata}, …]}` is answered by `{replies: [{ok: true, result, position} | {ok: false,
 * rejection}, …]}` in the same order.
 */
export type Reply =
  | { readonly ok: true; readonly result: unknown; readonly position: number }
  | { readonly ok: false; readonly rejection: Rejection };

export interface RequestItem {
  readonly data: unknown;
  readonly metadata: CommandMetadata;
}

export interface RequestEnvelope {
  readonly commands: readonly RequestItem[];
  /** How long the sender of several commands waits: whoever answers says by then what it has, and calls the rest unknown. */
  readonly wait_ms?: number;
}

/** At most this many commands share a message. */
export const MAX_BATCH_COMMANDS = 64;
/** A batch is closed before it grows past this many bytes. */
export const MAX_BATCH_BYTES = 200 * 1024;
/** A request is refused unread above this: the largest command and its envelope. */
export const MAX_REQUEST_BYTES = 264 * 1024;

const ShortText = z.string().min(1).max(256);

const Metadata = z.object({
  command_id: z.uuid(),
  actor: z.object({
    type: z.enum(['system', 'operator', 'agent', 'anonymous', 'user', 'api_key', 'oauth_client']),
    id: ShortText,
  }),
  correlation_id: ShortText,
  causation_id: ShortText,
  traceparent: z.string().max(64).optional(),
  address: z.string().max(512).optional(),
  deadline: z.number().optional(),
  idempotent: z.boolean().optional(),
}) satisfies z.ZodType<CommandMetadata>;

const Envelope = z.object({
  commands: z
    .array(z.object({ data: z.unknown(), metadata: Metadata }))
    .min(1)
    .max(MAX_BATCH_COMMANDS),
  wait_ms: z.number().positive().optional(),
});

/** @throws MalformedMessageError */
export function decodeRequest(subject: string, text: string): RequestEnvelope {
  const parsed = Envelope.safeParse(json(subject, text));
  if (parsed.success) return parsed.data as RequestEnvelope;
  const issue = parsed.error.issues[0];
  throw new MalformedMessageError(subject, `${pointerOf(issue?.path ?? [])} ${issue?.message ?? 'is invalid'}`);
}

/** The text of one command, to be joined into a request by `encodeRequest`. */
export function encodeItem(data: unknown, metadata: CommandMetadata): string {
  return JSON.stringify({ data, metadata });
}

export function encodeRequest(items: readonly string[], waitMs?: number): string {
  const wait = waitMs === undefined ? '' : `,"wait_ms":${Math.max(1, Math.round(waitMs))}`;
  return `{"commands":[${items.join(',')}]${wait}}`;
}

export function encodeReplies(replies: readonly string[]): string {
  return `{"replies":[${replies.join(',')}]}`;
}

/** @throws MalformedMessageError also when the number of replies is not that of the commands */
export function decodeReplies(subject: string, text: string, expected: number): readonly Reply[] {
  const body = json(subject, text);
  const replies = typeof body === 'object' && body !== null ? (body as { replies?: unknown }).replies : undefined;
  if (!Array.isArray(replies) || replies.length !== expected || !replies.every(isReply))
    throw new MalformedMessageError(subject, `the answer does not hold ${expected} replies`);
  return replies;
}

function isReply(value: unknown): value is Reply {
  if (typeof value !== 'object' || value === null) return false;
  const { ok, position, rejection } = value as { ok?: unknown; position?: unknown; rejection?: unknown };
  if (ok === true) return typeof position === 'number';
  return ok === false && (rejection as { kind?: unknown } | undefined)?.kind === 'rejected';
}

/** RFC 6901 */
export function pointerOf(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

function json(subject: string, text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new MalformedMessageError(subject, 'it is not JSON');
  }
}
