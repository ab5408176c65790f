import { camelKeys } from './casing';
import type { CallOptions, HttpTransport, Request, WriteOptions } from './http';
import { everyPage } from './paging';
import { bodyOf, taskOf } from './task-wire';
import {
  ENDED,
  type HistoryEvent,
  type SubmittedTask,
  type Task,
  type TaskChanges,
  type TaskFilter,
  type TaskLogLine,
  type TaskStats,
  type TaskSubmission,
  type TimeLike,
} from './types';
import {
  waitUntilEnded,
  watchUntilEnded,
  type Going,
  type WaitOptions,
  type Watch,
  type WatchOptions,
} from './until-ended';

const SUBMISSION = { method: 'POST', respondAsync: true } as const;
const MOST_TASKS_PER_REQUEST = 500;
/** Bytes of JSON per request of `submitMany`: below the 256 KiB that one command may have. */
const MOST_BYTES_PER_REQUEST = 200 * 1_024;

export interface RetryOptions extends WriteOptions {
  /** It is not given out before; default: at once. */
  readonly notBefore?: TimeLike;
}

/** Of `tasks.watch`. */
export type TaskWatch<Result = unknown> = Watch<Task<Result>>;

/** `client.tasks`: what is to be done. */
export class TasksApi {
  constructor(private readonly http: HttpTransport) {}

  /** Puts a task into its queue; resolves when the log has it. @throws InvalidRequestError, TooLargeError */
  async submit(task: TaskSubmission, options: WriteOptions = {}): Promise<SubmittedTask> {
    const body = bodyOf(task);
    return camelKeys(await this.http.json<object>({ ...options, ...SUBMISSION, path: '/api/v1/tasks', body }));
  }

  /** Submits a task and shows it as it is then. @throws InvalidRequestError, TooLargeError */
  async create<Result = unknown>(task: TaskSubmission, options: WriteOptions = {}): Promise<Task<Result>> {
    const { taskId } = await this.submit(task, options);
    return this.get<Result>(taskId, options);
  }

  /** Many tasks, in requests of up to 500. Each task is its own unit: an error leaves the earlier requests' tasks submitted. */
  async submitMany(tasks: readonly TaskSubmission[], options: WriteOptions = {}): Promise<SubmittedTask[]> {
    const submitted: SubmittedTask[] = [];
    for (const [index, some] of [...inRequests(tasks.map(bodyOf))].entries()) {
      const idempotencyKey = options.idempotencyKey && `${options.idempotencyKey}-${index}`;
      const answer = await this.http.json<{ task_ids: string[]; submitted_at: string }>({
        ...options,
        idempotencyKey,
        ...SUBMISSION,
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
    const { agentId, runId, ...rest } = filter;
    const query = { ...rest, agent_id: agentId, run_id: runId, at_least: this.http.position || undefined };
    const answer = await this.http.json<object[]>({ ...options, method: 'GET', path: '/api/v1/tasks', query });
    return answer.map((task) => taskOf(task));
  }

  /** All of them, page by page: `for await (const task of client.tasks.iterate({ status: 'failed' }))`. */
  iterate(
    filter: Omit<TaskFilter, 'limit' | 'offset'> = {},
    options: CallOptions = {},
  ): AsyncGenerator<Task, void, undefined> {
    return everyPage(
      (page) => this.list({ ...filter, ...page }, options),
      ({ taskId }) => taskId,
    );
  }

  /** Its agent, if it has one, is told to stop. @throws NotFoundError, TaskEndedError */
  async cancel(taskId: string, reason = 'cancelled by its submitter', options: WriteOptions = {}): Promise<void> {
    await this.http.json({ ...options, method: 'POST', path: `${pathOf(taskId)}/cancel`, body: { reason } });
  }

  /** Changes the fields given. @throws NotFoundError, ConflictError when an agent has it and more than its words change */
  change(taskId: string, changes: TaskChanges, options: WriteOptions = {}): Promise<Task> {
    return this.write({ ...options, method: 'PATCH', path: pathOf(taskId), body: bodyOf(changes) });
  }

  /** Holds it back until it is resumed; an agent that has it is told to stop. @throws NotFoundError, ConflictError */
  pause(taskId: string, reason = 'paused by its submitter', options: WriteOptions = {}): Promise<Task> {
    return this.post(taskId, 'pause', { reason }, options);
  }

  /** @throws NotFoundError, ConflictError */
  resume(taskId: string, options: WriteOptions = {}): Promise<Task> {
    return this.post(taskId, 'resume', {}, options);
  }

  /** Gives a task that ended without a result all its attempts again. @throws NotFoundError, ConflictError */
  retry(taskId: string, { notBefore, ...options }: RetryOptions = {}): Promise<Task> {
    return this.post(taskId, 'retry', bodyOf({ notBefore }), options);
  }

  /** Answers what its agent asks (`task.prompt`), which then goes on. @throws NotFoundError, ConflictError */
  provideInput(taskId: string, input: unknown, options: WriteOptions = {}): Promise<Task> {
    return this.post(taskId, 'input', { input }, options);
  }

  /** Lets a result count that came too late: that of the lease, else the latest. @throws NotFoundError, ConflictError */
  acceptResult(taskId: string, leaseToken?: string, options: WriteOptions = {}): Promise<Task> {
    return this.post(taskId, 'results/accept', leaseToken === undefined ? {} : { lease_token: leaseToken }, options);
  }

  /** How many there are, by status and priority. */
  async stats(options: CallOptions = {}): Promise<TaskStats> {
    const query = { at_least: this.http.position || undefined };
    return camelKeys(await this.http.json<object>({ ...options, method: 'GET', path: '/api/v1/tasks/stats', query }));
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
   * Tells of the task now and whenever it changes (status, progress), until it has ended or the watch is stopped; goes on
   * while the control plane cannot be reached.
   */
  watch<Result = unknown>(
    taskId: string,
    changed: (task: Task<Result>) => void,
    options: WatchOptions = {},
  ): TaskWatch<Result> {
    return watchUntilEnded(this.going<Result>(taskId), changed, options);
  }

  /**
   * Resolves with the task once it has ended, however it ended; goes on asking while the control plane cannot be
   * reached.
   * @throws WaitTimeoutError, NotFoundError
   */
  wait<Result = unknown>(taskId: string, options: WaitOptions = {}): Promise<Task<Result>> {
    return waitUntilEnded(this.going<Result>(taskId), options);
  }

  private going<Result>(taskId: string): Going<Task<Result>> {
    return {
      name: `task ${taskId}`,
      look: (options) => this.get<Result>(taskId, options),
      hasEnded: ({ status }) => ENDED.has(status),
      looksOf: ({ status, progress, progressMessage, updatedAt }) =>
        JSON.stringify([status, progress, progressMessage, updatedAt]),
    };
  }

  private post(taskId: string, verb: string, body: object, options: WriteOptions): Promise<Task> {
    return this.write({ ...options, method: 'POST', path: `${pathOf(taskId)}/${verb}`, body });
  }

  private async write(request: Request): Promise<Task> {
    return taskOf(await this.http.json<object>(request));
  }
}

function pathOf(taskId: string): string {
  return `/api/v1/tasks/${encodeURIComponent(taskId)}`;
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
