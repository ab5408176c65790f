/** Everything this SDK throws on its own account. One class per failure, so that `instanceof` tells them apart. */
export class OrchestrationError extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** RFC 9457 problem details, as every refusal of the control plane carries them. */
export interface Problem {
  readonly type?: string;
  readonly title?: string;
  readonly status: number;
  readonly detail: string;
  /** Stable machine-readable word, for example `lease_superseded`. */
  readonly code?: string;
  /** Each wrong field, by JSON pointer. */
  readonly errors?: readonly { readonly pointer: string; readonly message: string }[];
  readonly request_id?: string;
}

/** The control plane answered, and refused. */
export class ApiError extends OrchestrationError {
  readonly status: number;
  readonly code: string | undefined;
  readonly errors: NonNullable<Problem['errors']>;
  readonly requestId: string | undefined;

  constructor(readonly problem: Problem) {
    super(problem.detail);
    this.status = problem.status;
    this.code = problem.code;
    this.errors = problem.errors ?? [];
    this.requestId = problem.request_id;
  }
}

/** 400, 422: the request itself is wrong; `errors` names the fields by JSON pointer. */
export class InvalidRequestError extends ApiError {}
/** 401: no credential, or one that is not accepted. */
export class UnauthenticatedError extends ApiError {}
/** 403 */
export class ForbiddenError extends ApiError {}
/** 404 */
export class NotFoundError extends ApiError {}
/** 409: the present state forbids it. */
export class ConflictError extends ApiError {}
/** 409 `lease_superseded`: the lease is over, the task was given to another. */
export class LeaseSupersededError extends ConflictError {}
/** 409 `task_ended`: the task has already ended. */
export class TaskEndedError extends ConflictError {}
/** 412 */
export class PreconditionFailedError extends ApiError {}
/** 413 */
export class TooLargeError extends ApiError {}
/** 429 */
export class RateLimitedError extends ApiError {}
/** 503, after all repetitions: nothing was decided. */
export class UnavailableError extends ApiError {}
/** 503 `outcome_unknown`, after all repetitions: it may or may not have been done. Ask again with the same idempotency key. */
export class OutcomeUnknownError extends UnavailableError {}
/** Any other 5xx: a fault of the control plane. */
export class ServerError extends ApiError {}

/** No connection, or it broke before the answer, after all repetitions. */
export class ConnectionError extends OrchestrationError {}
/** No answer within the timeout, after all repetitions. */
export class TimeoutError extends OrchestrationError {}
/** `tasks.wait` gave up: the task has not ended yet. */
export class WaitTimeoutError extends TimeoutError {}

/** Thrown by a handler to say: repeating this task will not help. It then ends as failed at once. */
export class NonRetryableError extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** Thrown by a handler to say how its attempt failed: of which class, whether another may help, and when at the earliest. */
export class TaskFailedError extends Error {
  readonly failureClass: string;
  readonly retryable: boolean;
  /** The task is not given out again before this many milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(
    message: string,
    options: {
      readonly class: string;
      readonly retryable?: boolean;
      readonly retryAfterMs?: number;
      readonly cause?: unknown;
    },
  ) {
    super(message, { cause: options.cause });
    this.name = new.target.name;
    this.failureClass = options.class;
    this.retryable = options.retryable ?? true;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** The reason of a task's `signal` when the task was cancelled. */
export class TaskCancelledError extends OrchestrationError {}
/** The reason of a task's `signal` when its lease is over: another agent may have the task by now. */
export class LeaseLostError extends OrchestrationError {}
/** The reason of a task's `signal` when the worker stops and the grace has passed. */
export class WorkerStoppedError extends OrchestrationError {}
/** Another connection of the same agent took over; this worker has ended. */
export class SupersededError extends OrchestrationError {}

/** The error class of a refusal. */
export function apiError(problem: Problem): ApiError {
  const { status, code } = problem;
  if (status === 400 || status === 422) return new InvalidRequestError(problem);
  if (status === 401) return new UnauthenticatedError(problem);
  if (status === 403) return new ForbiddenError(problem);
  if (status === 404) return new NotFoundError(problem);
  if (status === 409) {
    if (code === 'lease_superseded') return new LeaseSupersededError(problem);
    if (code === 'task_ended') return new TaskEndedError(problem);
    return new ConflictError(problem);
  }
  if (status === 412) return new PreconditionFailedError(problem);
  if (status === 413) return new TooLargeError(problem);
  if (status === 429) return new RateLimitedError(problem);
  if (status === 503) {
    return code === 'outcome_unknown' ? new OutcomeUnknownError(problem) : new UnavailableError(problem);
  }
  return status >= 500 ? new ServerError(problem) : new ApiError(problem);
}
