import { isUtf8 } from 'node:buffer';
import { MAX_HOOK_BYTES } from '@ao/contracts';
import { Problem } from './problem';

/** The route that takes bodies as they come, since their bytes are signed. */
export const HOOK_ROUTE = '/api/v1/triggers/:id/hook';

/** A body as it came: whether it is JSON is asked once its signature is known to be right. */
export interface SignedBody {
  readonly signed: string;
}

/** @throws Problem 400, 413 */
export function signedBody(body: Buffer): SignedBody {
  if (body.length > MAX_HOOK_BYTES)
    throw new Problem(413, 'body_too_large', `The body must not be larger than ${MAX_HOOK_BYTES} bytes`);
  if (!isUtf8(body)) throw new Problem(400, 'malformed_json', 'The body is not valid UTF-8');
  return { signed: body.toString('utf8') };
}
