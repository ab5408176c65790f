import { STATUS_CODES } from 'node:http';

/** One offending place: a JSON pointer into the body, or `/path/<name>`, `/query/<name>`, `/headers/<name>`. */
export interface FieldError {
  readonly pointer: string;
  readonly message: string;
}

/** The body of every error this API sends: RFC 9457 problem+json; `detail` is what the coordinator's document promises. */
export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly errors: readonly FieldError[];
  readonly request_id: string;
}

/** A refusal on its way to the caller. Thrown anywhere in a request; the one filter turns it into its answer. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly options: {
      readonly errors?: readonly FieldError[];
      readonly headers?: Readonly<Record<string, string>>;
      /** Members beyond the standard ones, for example the command id of an unknown outcome. */
      readonly extra?: Readonly<Record<string, unknown>>;
    } = {},
  ) {
    super(detail);
    this.name = 'Problem';
  }

  body(requestId: string): ProblemBody {
    return {
      type: `urn:agent-orchestration:problem:${this.code}`,
      title: STATUS_CODES[this.status] ?? 'Error',
      status: this.status,
      detail: this.detail,
      code: this.code,
      errors: this.options.errors ?? [],
      request_id: requestId,
      ...this.options.extra,
    };
  }
}

export const PROBLEM_CONTENT_TYPE = 'application/problem+json; charset=utf-8';

/** One wrong field; the sentence names it, so that a reader of `detail` alone knows where to look. */
export function invalidField(pointer: string, message: string, status = 422, code = 'validation_failed'): Problem {
  return new Problem(status, code, `${pointer}: ${message}`, { errors: [{ pointer, message }] });
}

export function unauthorized(detail: string): Problem {
  return new Problem(401, 'unauthenticated', detail, { headers: { 'www-authenticate': 'Bearer' } });
}

/** Who calls is known, and may not do this. */
export function forbidden(permission: string): Problem {
  return new Problem(403, 'forbidden', `This credential lacks the permission ${permission}`, { extra: { permission } });
}

/** Nothing was decided; the same request may be sent again after the seconds given. */
export function unavailable(code: string, detail: string, retryAfterSeconds = 1): Problem {
  return new Problem(503, code, detail, { headers: { 'retry-after': String(retryAfterSeconds) } });
}
