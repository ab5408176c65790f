import { NonRetryableError, TaskFailedError } from './errors';
import type { AgentFrame, Failure, LogLevel, StreamedTask, UsageReport } from './frames';
import { UsageBuffer } from './usage';
import type { TaskContext, TaskHandler } from './worker.types';

const PROGRESS_EVERY_MS = 100;
/** The limits of the task stream: 256 KiB per frame, of which the rest of the frame needs some, and 32 levels of JSON. */
const MOST_RESULT_BYTES = 250 * 1_024;
const MOST_DEPTH = 31;

/**
 * One acquisition of a task by this worker.
 *
 *     waiting ──slot free──▶ running ──handler settled──▶ reporting ──acknowledged or refused──▶ (gone)
 *        └────────┬─────────────┘
 *                 └─cancelled, or lease over──▶ abandoned ──handler settled──▶ (gone)
 */
export class TaskRun {
  state: 'waiting' | 'running' | 'reporting' | 'abandoned' = 'waiting';
  readonly context: TaskContext;
  /** Made when a handler looks at its signal: most tasks end before anybody does. */
  private controller: AbortController | undefined;
  private lastProgressAt = -Infinity;
  private progressTimer: NodeJS.Timeout | undefined;
  private readonly usage: UsageBuffer;

  constructor(
    readonly task: StreamedTask,
    private readonly tell: (frame: AgentFrame) => void,
    deliverUsage: (run: TaskRun, reports: readonly UsageReport[]) => void,
  ) {
    this.usage = new UsageBuffer((reports) => deliverUsage(this, reports));
    const { taskId, taskType, payload, priority, attempt, createdAt, credentials = {} } = task;
    const abortion = () => this.abortion();
    this.context = {
      taskId,
      type: taskType,
      payload,
      priority,
      attempt,
      createdAt,
      credentials,
      get signal() {
        return abortion().signal;
      },
      progress: (percent, message) => this.progress(percent, message),
      log: (message, level = 'info') => this.log(message, level),
      reportUsage: (usage) => this.usage.add(usage),
    };
  }

  get lease() {
    return { taskId: this.task.taskId, leaseToken: this.task.leaseToken };
  }

  /** What the handler makes of it: a JSON value or a failure. Never throws. */
  async execute(handler: TaskHandler | undefined): Promise<{ result: unknown } | { failure: Failure }> {
    if (!handler) {
      const message = `this agent has no handler for tasks of type '${this.task.taskType}'`;
      return { failure: { class: 'NoHandler', message, retryable: true } };
    }
    try {
      const result = await handler(this.context);
      return { result: asJson(result) };
    } catch (error) {
      return { failure: failureOf(error) };
    } finally {
      clearTimeout(this.progressTimer);
      // On its way before the outcome; what is told later goes after it, for it was used all the same.
      this.usage.flush();
    }
  }

  /** The result is not wanted any more. */
  abandon(reason: Error): void {
    this.state = 'abandoned';
    clearTimeout(this.progressTimer);
    this.abortion().abort(reason);
  }

  private abortion(): AbortController {
    return (this.controller ??= new AbortController());
  }

  private progress(percent: number, message?: string): void {
    if (this.state !== 'running') return;
    clearTimeout(this.progressTimer);
    const send = () => {
      this.lastProgressAt = performance.now();
      const progress = Math.min(Math.max(Number(percent) || 0, 0), 100);
      const text = message === undefined ? {} : { message: storable(message, 1_000) };
      this.tell({ type: 'task_progress', ...this.lease, progress, ...text });
    };
    const wait = this.lastProgressAt + PROGRESS_EVERY_MS - performance.now();
    if (wait <= 0) send();
    else this.progressTimer = setTimeout(send, wait);
  }

  private log(message: string, level: LogLevel): void {
    if (this.state !== 'running') return;
    const timestamp = new Date().toISOString();
    this.tell({ type: 'task_log', ...this.lease, level, message: storable(message, 8_192), timestamp });
  }
}

/** What is sent instead of an error: its class and message, cut to what the log keeps. */
export function failureOf(error: unknown): Failure {
  const isError = error instanceof Error;
  if (error instanceof TaskFailedError) {
    const { failureClass, message, retryable, retryAfterMs } = error;
    return {
      class: storable(failureClass || 'Error', 128),
      message: storable(message, 4_096),
      retryable,
      ...(retryAfterMs !== undefined && { retry_after_ms: retryAfterOf(retryAfterMs) }),
    };
  }
  return {
    class: storable((isError && error.name) || 'Error', 128),
    message: storable(isError ? error.message : String(error), 4_096),
    retryable: !(error instanceof NonRetryableError),
  };
}

const LONGEST_RETRY_AFTER_MS = 86_400_000;

function retryAfterOf(milliseconds: number): number {
  return Math.min(Math.max(Math.round(milliseconds) || 0, 0), LONGEST_RETRY_AFTER_MS);
}

/**
 * The result as it will be read: `undefined` is null. What cannot be sent is an error of the handler, found here,
 * because a frame above its limit would cost the connection.
 */
function asJson(result: unknown): unknown {
  if (result === undefined) return null;
  if (isDeeperThan(result, MOST_DEPTH)) {
    throw new NonRetryableError(`the handler's result is nested deeper than ${MOST_DEPTH}, or refers to itself`);
  }
  let text: string | undefined;
  try {
    text = JSON.stringify(result);
  } catch (cause) {
    throw new NonRetryableError(`the handler's result is not JSON: ${(cause as Error).message}`, { cause });
  }
  if (text === undefined) throw new NonRetryableError(`the handler's result is not JSON: a ${typeof result}`);
  const bytes = Buffer.byteLength(text);
  if (bytes > MOST_RESULT_BYTES) {
    const advice = 'put it where others can read it and return the reference';
    throw new NonRetryableError(`the handler's result has ${bytes} bytes, above ${MOST_RESULT_BYTES}: ${advice}`);
  }
  return result;
}

function isDeeperThan(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (depth === 0) return true;
  return Object.values(value).some((entry) => isDeeperThan(entry, depth - 1));
}

/** Text that the log can keep: no NUL, no lone surrogate, at most `max` UTF-16 units. */
function storable(text: string, max: number): string {
  return String(text).replaceAll('\u0000', '\uFFFD').slice(0, max).toWellFormed();
}
