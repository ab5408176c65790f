import { delay } from './backoff';
import { camelKeys, snakeKeys } from './casing';
import { ConnectionError, TimeoutError, UnavailableError, WaitTimeoutError } from './errors';
import type { CallOptions, HttpTransport, WriteOptions } from './http';
import {
  ENDED,
  type HistoryEvent,
  type RetryPolicy,
  type SubmittedTask,
  type Task,
  type TaskFilter,
  type TaskLogLine,
  type TaskRequirements,
  type TaskSubmission,
} from './types';

const MOST_TASKS_PER_REQUEST = 500;
/** Bytes of JSON per request of `submitMany`: below the 256 KiB that one command may have. */
const MOST_BYTES_PER_REQUEST = 200 * 1_024;

export interface WaitOptions extends CallOptions {
  /** Milliseconds until WaitTimeoutError; default 60,000. */
  readonly withinMs?: number;
}

/** `client.tasks`: what is to be done. */
export class TasksApi {
  constructor(private readonly http: HttpTransport) {}

  /** Puts a task into its queue; resolves when the log has it. @throws InvalidRequestError, TooLargeError */
  async submit(task: TaskSubmission, options: WriteOptions = {}): Promise<SubmittedTask> {
    const body = submissionBody(task);
    return camelKeys(await this.http.json<object>({ ...options, method: 'POST', path: '/api/v1/tasks', body }));
  }

  /** Many tasks, in requests of up to 500. Each task is its own unit: an error leaves the earlier requests' tasks submitted. */
  async submitMany(tasks: readonly TaskSubmission[], options: WriteOptions = {}): Promise<SubmittedTask[]> {
    const submitted: SubmittedTask[] = [];
    for (const [index, some] of [...inRequests(tasks.map(submissionBody))].entries()) {
      const idempotencyKey = options.idempotencyKey && `${options.idempotencyKey}-${index}`;
      const answer = await this.http.json<{ task_ids: string[]; submitted_at: string }>({
        ...options,
        idempotencyKey,
        method: 'POST',
        path: '/api/v1/tasks/bulk',
        body: { tasks: some },
      });
      for (const taskId of answer.task_ids) submitted.push({ taskId, submittedAt: answer.submitted_at });
    }
    return submitted;
  }

  /** Sees everything that this client has written. @throws NotFoundError */
  async get<Result = unknown>(taskId: string, options: CallOptions = {}): Promise<Task<Result>> {
    const query = { at_least: this.http.position || undefined };
    return taskOf(await this.http.json<object>({ ...options, method: 'GET', path: pathOf(taskId), query }));
  }

  /** The newest first, a page at a time. */
  async list(filter: TaskFilter = {}, options: CallOptions = {}): Promise<Task[]> {
    const { agentId, ...rest } = filter;
    const query = { ...rest, agent_id: agentId, at_least: this.http.position || undefined };
    const answer = await this.http.json<object[]>({ ...options, method: 'GET', path: '/api/v1/tasks', query });
    return answer.map((task) => taskOf(task));
  }

  /** Its agent, if it has one, is told to stop. @throws NotFoundError, TaskEndedError */
  async cancel(taskId: string, reason = 'cancelled by its submitter', options: WriteOptions = {}): Promise<void> {
    await this.http.json({ ...options, method: 'POST', path: `${pathOf(taskId)}/cancel`, body: { reason } });
  }

  /** Every event of the task, oldest first. @throws NotFoundError */
  async history(taskId: string, options: CallOptions = {}): Promise<HistoryEvent[]> {
    const path = `${pathOf(taskId)}/history`;
    const events: HistoryEvent[] = [];
    for (let from: number | null = 1; from !== null;) {
      const page: { events: object[]; next_version: number | null } = await this.http.json({
        ...options,
        method: 'GET',
        path,
        query: { from_version: from },
      });
      for (const event of page.events) events.push(camelKeys<HistoryEvent>(event));
      from = page.next_version;
    }
    return events;
  }

  /** Up to 500 lines that the task's agents logged after line `after`. Telemetry: there a moment later, not for ever. */
  async logs(taskId: string, after = 0, options: CallOptions = {}): Promise<TaskLogLine[]> {
    const path = `${pathOf(taskId)}/logs`;
    const answer = await this.http.json<{ logs: object[] }>({ ...options, method: 'GET', path, query: { after } });
    return answer.logs.map((line) => camelKeys<TaskLogLine>(line));
  }

  /**
   * Resolves with the task once it has ended, however it ended; goes on asking while the control plane cannot be
   * reached.
   * @throws WaitTimeoutError, NotFoundError
   */
  async wait<Result = unknown>(taskId: string, options: WaitOptions = {}): Promise<Task<Result>> {
    const { withinMs = 60_000, ...call } = options;
    const deadline = performance.now() + withinMs;
    // Often at first, for tasks that take no time; then at leisure.
    for (let pauseMs = 25; ; pauseMs = Math.min(pauseMs * 1.5, 1_000)) {
      let known: string;
      try {
        const task = await this.get<Result>(taskId, call);
        if (ENDED.has(task.status)) return task;
        known = `was still ${task.status}`;
      } catch (error) {
        if (!isOutage(error)) throw error;
        known = `could not be asked for (${error.message})`;
      }
      const left = deadline - performance.now();
      if (left <= 0) throw new WaitTimeoutError(`task ${taskId} ${known} after ${withinMs} ms`);
      await delay(Math.min(pauseMs, left), call.signal);
    }
  }
}

function isOutage(error: unknown): error is Error {
  return error instanceof ConnectionError || error instanceof TimeoutError || error instanceof UnavailableError;
}

function pathOf(taskId: string): string {
  return `/api/v1/tasks/${encodeURIComponent(taskId)}`;
}

function submissionBody({ requirements, retry, ...task }: TaskSubmission): Record<string, unknown> {
  return snakeKeys({
    payload: {},
    priority: 'normal',
    ...task,
    requirements: requirements && snakeKeys(requirements),
    retry: retry && snakeKeys(retry),
  });
}

function* inRequests(bodies: readonly object[]): Generator<object[]> {
  let some: object[] = [];
  let bytes = 0;
  for (const body of bodies) {
    const size = Buffer.byteLength(JSON.stringify(body)) + 1;
    if (some.length > 0 && (some.length >= MOST_TASKS_PER_REQUEST || bytes + size > MOST_BYTES_PER_REQUEST)) {
      yield some;
      some = [];
      bytes = 0;
    }
    some.push(body);
    bytes += size;
  }
  if (some.length > 0) yield some;
}

function taskOf<Result>(wire: object): Task<Result> {
  const task = camelKeys<Task<Result> & { requirements: object; retry: object }>(wire);
  return {
    ...task,
    requirements: camelKeys<TaskRequirements>(task.requirements),
    retry: camelKeys<Required<RetryPolicy>>(task.retry),
  };
}
