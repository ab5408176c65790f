import { isUtf8 } from 'node:buffer';
import { Problem } from './problem';

/**
 * `application/x-www-form-urlencoded`, as RFC 6749 wants it: a parameter without a value is one that was left out, and none
 * may come twice.
 * @throws Problem 400
 */
export function parseFormBody(body: Buffer): Record<string, string> {
  if (!isUtf8(body)) throw new Problem(400, 'invalid_request', 'The body is not valid UTF-8');
  const seen = new Set<string>();
  const fields: [string, string][] = [];
  for (const [name, value] of new URLSearchParams(body.toString('utf8'))) {
    if (seen.has(name)) throw new Problem(400, 'invalid_request', 'A parameter must not be given twice');
    seen.add(name);
    if (value !== '') fields.push([name, value]);
  }
  // From entries: a key named __proto__ is a key like any other.
  return Object.fromEntries(fields);
}
