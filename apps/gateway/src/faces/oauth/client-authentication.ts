import { Problem } from '../../http/problem';

export interface ClientCredentials {
  readonly client_id: string;
  readonly client_secret: string;
}

/** What RFC 6749 wants to be asked for again by a client that used the header. */
const CHALLENGE = { 'www-authenticate': 'Basic realm="oauth", charset="UTF-8"' };

export function invalidClient(): Problem {
  return new Problem(401, 'invalid_client', 'The client is not known, or its secret is not right', {
    headers: CHALLENGE,
  });
}

const invalidRequest = (detail: string) => new Problem(400, 'invalid_request', detail);

/**
 * The client's id and secret: in the body (client_secret_post) or in the Authorization header (client_secret_basic), never
 * both (RFC 6749 section 2.3).
 * @throws Problem 400 invalid_request, 401 invalid_client
 */
export function clientCredentials(
  authorization: string | undefined,
  body: { readonly client_id?: string; readonly client_secret?: string },
): ClientCredentials {
  // Any other scheme says nothing about a client.
  if (authorization !== undefined && /^Basic\b/i.test(authorization)) {
    if (body.client_secret !== undefined) throw invalidRequest('The client must authenticate in one way, not in two');
    const credentials = ofBasic(authorization);
    if (body.client_id !== undefined && body.client_id !== credentials.client_id) {
      throw invalidRequest('client_id names another client than the Authorization header');
    }
    return credentials;
  }
  const { client_id, client_secret } = body;
  if (client_id === undefined) throw invalidRequest('client_id is required');
  if (client_secret === undefined) throw invalidClient();
  return { client_id, client_secret };
}

/** Both halves are form-encoded before they are joined (RFC 6749 section 2.3.1). */
function ofBasic(authorization: string): ClientCredentials {
  const encoded = /^Basic +([A-Za-z0-9+/]{1,4096}={0,2}) *$/i.exec(authorization)?.[1];
  const text = encoded === undefined ? '' : Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon <= 0 || colon === text.length - 1) throw invalidClient();
  return { client_id: formDecoded(text.slice(0, colon)), client_secret: formDecoded(text.slice(colon + 1)) };
}

function formDecoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw invalidClient();
  }
}
