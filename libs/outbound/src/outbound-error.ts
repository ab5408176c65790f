import type { ATTEMPT_ERRORS } from '@ao/contracts';

export type OutboundErrorCode = Extract<
  (typeof ATTEMPT_ERRORS)[number],
  | 'timeout'
  | 'connection_refused'
  | 'connection_lost'
  | 'name_not_found'
  | 'address_refused'
  | 'tls'
  | 'response_too_large'
>;

/** No answer came. The message is fit for those who set the target up: no address and nothing that was sent is in it. */
export class OutboundError extends Error {
  override readonly name = 'OutboundError';

  constructor(
    readonly code: OutboundErrorCode,
    message: string,
  ) {
    super(message);
  }
}

type Explanation = readonly [OutboundErrorCode, string];

const EXPLANATIONS: Readonly<Record<string, Explanation>> = {
  ECONNREFUSED: ['connection_refused', 'Nothing listens there'],
  EHOSTUNREACH: ['connection_refused', 'The host cannot be reached'],
  ENETUNREACH: ['connection_refused', 'The network cannot be reached'],
  EADDRNOTAVAIL: ['connection_refused', 'The host cannot be reached'],
  ENOTFOUND: ['name_not_found', 'The name leads to no address'],
  ENODATA: ['name_not_found', 'The name leads to no address'],
  ...Object.fromEntries(
    ['EAI_AGAIN', 'EAI_FAIL', 'ETIMEOUT', 'ESERVFAIL', 'EREFUSED', 'EBADRESP', 'EBADNAME'].map((code) => [
      code,
      ['name_not_found', 'The name cannot be looked up now'] as const,
    ]),
  ),
  ETIMEDOUT: ['timeout', 'No connection came about in time'],
  UND_ERR_CONNECT_TIMEOUT: ['timeout', 'No connection came about in time'],
  UND_ERR_HEADERS_TIMEOUT: ['timeout', 'No answer came in time'],
  UND_ERR_BODY_TIMEOUT: ['timeout', 'The answer did not end in time'],
  UND_ERR_HEADERS_OVERFLOW: ['response_too_large', 'The headers of the answer are too large'],
  HPE_HEADER_OVERFLOW: ['response_too_large', 'The headers of the answer are too large'],
  EPROTO: ['tls', 'TLS could not be agreed on'],
};

/** Node's words for certificates that do not hold (`DEPTH_ZERO_SELF_SIGNED_CERT`), and OpenSSL's for handshakes. */
const TLS_CODE =
  /^(ERR_SSL_|ERR_TLS_|CERT_|CRL_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|.*_CERT$|HOSTNAME_MISMATCH|INVALID_CA)/;

const LOST: Explanation = ['connection_lost', 'The connection was lost before an answer came'];

/** What a failure below means; its own words are left out, for they may quote addresses. */
export function explainFailure(error: object): OutboundError {
  if (error instanceof OutboundError) return error;
  const { code, errors } = error as { readonly code?: unknown; readonly errors?: unknown };
  // Several addresses were tried, and none answered.
  if (Array.isArray(errors) && errors.length > 0) return explainFailure(errors[0]);
  if (typeof code !== 'string') return new OutboundError(...LOST);
  const known = EXPLANATIONS[code];
  if (known) return new OutboundError(...known);
  if (TLS_CODE.test(code)) return new OutboundError('tls', `The certificate or the handshake is wrong: ${code}`);
  if (code.startsWith('HPE_')) return new OutboundError('connection_lost', 'The answer is no HTTP');
  return new OutboundError(...LOST);
}
