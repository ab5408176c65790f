import { ConnectionError, TimeoutError, UnavailableError } from './errors';

/** Nothing is known of what was asked for: another time it may be. */
export function isOutage(error: unknown): error is Error {
  return error instanceof ConnectionError || error instanceof TimeoutError || error instanceof UnavailableError;
}
