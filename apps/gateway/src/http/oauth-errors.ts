import type { Problem } from './problem';

/** The one route that speaks RFC 6749: it takes forms, and its errors have a shape of their own. */
export const TOKEN_ROUTE = '/oauth/token';

/** Of RFC 6749 section 5.2. */
const OWN_CODES: ReadonlySet<string> = new Set([
  'invalid_request',
  'invalid_client',
  'invalid_grant',
  'unauthorized_client',
  'unsupported_grant_type',
  'invalid_scope',
]);

export interface OAuthError {
  readonly status: number;
  readonly body: { readonly error: string; readonly error_description: string };
}

/** A problem in the words of RFC 6749. */
export function oauthErrorOf(problem: Problem): OAuthError {
  return {
    status: problem.status === 422 ? 400 : problem.status,
    body: { error: wordOf(problem), error_description: describable(problem.detail) },
  };
}

function wordOf({ code, status }: Problem): string {
  if (OWN_CODES.has(code)) return code;
  if (status === 429 || status === 503) return 'temporarily_unavailable';
  if (status >= 500) return 'server_error';
  return status === 403 ? 'access_denied' : 'invalid_request';
}

/** The characters that a description may have: visible ASCII and spaces, less the quote and the backslash. */
function describable(text: string): string {
  return text.replaceAll(/["\\]/g, "'").replaceAll(/[^\x20-\x7e]/g, '?');
}
