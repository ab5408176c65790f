import { AgentToServer, type LeasedTask, type ServerToAgent, type TaskOutcome } from '@ao/contracts';
import { parseJsonText } from '../http/json-body';
import { Problem } from '../http/problem';
import type { AssignedTask } from './task-delivery';

/** At most this many bytes per frame, both ways: what a command can carry. */
export const MAX_FRAME_BYTES = 256 * 1024;

export type ErrorFrame = Extract<ServerToAgent, { type: 'error' }>;
export type Decoded = { readonly frame: AgentToServer } | { readonly error: ErrorFrame };

/** Reads one text frame of an agent. A frame that cannot be taken becomes the error frame that answers it; never throws. */
export function decodeFrame(text: string): Decoded {
  let value: unknown;
  try {
    value = parseJsonText(text);
  } catch (error) {
    const { status, code, detail } = error instanceof Problem ? error : new Problem(400, 'malformed_json', 'not JSON');
    return { error: errorFrame(null, status, code, detail) };
  }
  const parsed = AgentToServer.safeParse(value);
  if (parsed.success) return { frame: parsed.data };
  const issue = parsed.error.issues[0];
  const where = issue?.path.map((segment) => `/${String(segment)}`).join('') ?? '';
  const detail = `${where === '' ? 'The frame' : where}: ${issue?.message ?? 'is not valid'}`;
  return { error: errorFrame(idOf(value), 422, 'validation_failed', detail.slice(0, 500)) };
}

export function errorFrame(id: string | null, status: number, code: string, detail: string): ErrorFrame {
  return { type: 'error', id, status, code, detail };
}

function idOf(value: unknown): string | null {
  if (typeof value !== 'object' || value === null) return null;
  const { id } = value as { id?: unknown };
  return typeof id === 'string' && id.length <= 64 ? id : null;
}

/** A lease in the words of the stream, its credentials still by reference. */
export function assignedTask(task: LeasedTask): AssignedTask {
  return {
    taskId: task.task_id,
    taskType: task.type,
    priority: task.priority,
    payload: task.payload,
    createdAt: task.submitted_at,
    attempt: task.attempt,
    leaseToken: task.lease_token,
    leaseExpiresAt: task.lease_expires_at,
    timeout: task.lease_seconds,
    ...(task.title !== undefined && { title: task.title }),
    ...(task.description !== undefined && { description: task.description }),
    ...(task.instructions !== undefined && { instructions: task.instructions }),
    ...('input' in task && { input: task.input }),
    ...(task.credentials && { credentials: task.credentials }),
  };
}

/** What a report of an end says: its result, or why it failed. */
export function outcomeOf(report: {
  readonly success: boolean;
  readonly result?: unknown;
  readonly error?: { readonly message: string; readonly class?: string; readonly retryable: boolean };
}): TaskOutcome {
  if (report.success) return { success: true, result: report.result ?? null };
  const failure = report.error ?? { message: 'the agent reported a failure without saying why', retryable: true };
  return report.result === undefined ? { success: false, failure } : { success: false, failure, result: report.result };
}
