import type { Rejection, RejectionKind } from '@ao/kernel';
import { assertNever } from '@ao/kernel';
import { Problem, type FieldError } from '../http/problem';

/** The shell's word for a command id that another command was given before. */
const KEY_REUSED = 'idempotency_key_reused';

/** Nobody knows whether it was carried out. The services speak of commands and their ids; callers have a key of their own. */
const OUTCOME_UNKNOWN = 'outcome_unknown';
const LOOK_FIRST =
  'It is not known whether this was done. With an Idempotency-Key, send it again with the same key: it is done once. Without one, look first';

/** The one map from a refused command to HTTP. The coordinator's and the platform's faces both answer 422 to `invalid`. */
export function statusOf(rejection: Rejection): number {
  // The same key with another payload: the draft of Idempotency-Key asks for 422, whichever kind the log gives it.
  if (rejection.code === KEY_REUSED) return 422;
  // A defect of a service: nothing that the caller or the operator can wait out.
  if (rejection.code === 'internal_error') return 500;
  const kind: RejectionKind = rejection.rejection;
  switch (kind) {
    case 'invalid':
      return 422;
    case 'not_found':
      return 404;
    case 'conflict':
      return 409;
    case 'precondition_failed':
      return 412;
    case 'unauthenticated':
      return 401;
    case 'throttled':
      return 429;
    case 'forbidden':
      return 403;
    case 'too_large':
      return 413;
    case 'unavailable':
      return 503;
    default:
      return assertNever(kind);
  }
}

/** A refused command as the problem to answer with; an unknown outcome names the command to ask for again. */
export function rejectionProblem(rejection: Rejection, commandId: string): Problem {
  const status = statusOf(rejection);
  const errors: FieldError[] =
    rejection.pointer === undefined ? [] : [{ pointer: rejection.pointer, message: rejection.message }];
  const detail = rejection.code === OUTCOME_UNKNOWN ? LOOK_FIRST : rejection.message;
  return new Problem(status, rejection.code, detail, {
    errors,
    headers: retryAfter(status, rejection),
    extra: rejection.code === OUTCOME_UNKNOWN ? { command_id: commandId } : {},
  });
}

function retryAfter(status: number, { retry_after_seconds: seconds }: Rejection): Record<string, string> {
  if (status !== 503 && status !== 429) return {};
  return { 'retry-after': String(Math.max(1, Math.ceil(seconds ?? 1))) };
}
