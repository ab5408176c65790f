import { LogUnavailableError } from '@ao/event-log';
import { HttpException } from '@nestjs/common';
import { ZodValidationException } from 'nestjs-zod';
import type { z } from 'zod';
import { escapePointer } from './json-body';
import { Problem, unavailable, type FieldError } from './problem';

/** Any failure as the problem to answer with; undefined for what nobody foresaw (500, logged in full). */
export function problemOf(failure: unknown): Problem | undefined {
  if (failure instanceof Problem) return failure;
  if (failure instanceof ZodValidationException) return validationProblem(failure.getZodError() as z.ZodError);
  if (failure instanceof HttpException) return serverProblem(failure.getStatus());
  return databaseProblem(failure);
}

/** What a schema found wrong: every field with its pointer, the first of them in the sentence. */
export function validationProblem(
  { issues }: { readonly issues: readonly z.core.$ZodIssue[] },
  prefix = '',
  status = 422,
): Problem {
  const errors = issues.slice(0, MOST_ERRORS).flatMap((issue) => fieldErrors(issue, prefix));
  const first = errors[0] ?? { pointer: prefix, message: 'is not valid' };
  const where = first.pointer === '' ? 'The body' : first.pointer;
  return new Problem(status, 'validation_failed', `${where}: ${first.message}`, {
    errors: errors.slice(0, MOST_ERRORS),
  });
}

const MOST_ERRORS = 20;

/** In zod's own words, less what repeats the caller's text at any length. */
function fieldErrors(issue: z.core.$ZodIssue, prefix: string): FieldError[] {
  const pointer = prefix + issue.path.map((segment) => `/${escapePointer(String(segment))}`).join('');
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ pointer: `${pointer}/${escapePointer(key)}`, message: 'is no field here' }));
  const { message } = issue;
  return [{ pointer, message: message.length > 300 ? `${message.slice(0, 300)}…` : message }];
}

/** What the HTTP server refused by itself. Its own texts name its parts, so ours stand in. */
function serverProblem(status: number): Problem | undefined {
  switch (status) {
    case 400:
      return new Problem(400, 'malformed_request', 'The request cannot be read');
    case 404:
      return new Problem(404, 'route_not_found', 'There is no such route; GET /docs shows those there are');
    case 408:
      return new Problem(408, 'request_timeout', 'The request took too long to arrive');
    case 413:
      return new Problem(413, 'body_too_large', 'The body must not be larger than 1 MiB');
    case 414:
      return new Problem(414, 'uri_too_long', 'The URL is too long');
    case 415:
      return new Problem(415, 'unsupported_media_type', 'The body must be application/json in UTF-8');
    case 503:
      return unavailable('shutting_down', 'The gateway is shutting down; send the request again');
    default:
      return status < 500 ? new Problem(status, 'bad_request', 'The request was refused') : undefined;
  }
}

const UNREACHABLE = /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN)$/;
const OVERLOADED = /^(53\d{3}|57P0[1-3]|57014|08\d{3}|55P03|40001|40P01)$/;
const CALLERS_TEXT = /^(22\w{3}|54000|54001)$/;
const DRIVER_GAVE_UP = /timeout exceeded when trying to connect|query read timeout|connection terminated/i;

/** Postgres away or busy is 503; text that slipped past validation into SQL is the caller's fault, not ours. */
function databaseProblem(failure: unknown): Problem | undefined {
  if (failure instanceof LogUnavailableError) return storeUnavailable();
  if (!(failure instanceof Error)) return undefined;
  const { code } = failure as { code?: unknown };
  if (typeof code === 'string') {
    if (UNREACHABLE.test(code) || OVERLOADED.test(code)) return storeUnavailable();
    if (CALLERS_TEXT.test(code)) return new Problem(422, 'not_storable', 'A value in the request cannot be stored');
  }
  return DRIVER_GAVE_UP.test(failure.message) ? storeUnavailable() : undefined;
}

function storeUnavailable(): Problem {
  return unavailable('store_unavailable', 'The store cannot be reached for the moment; send the request again');
}
