import { X509Certificate } from 'node:crypto';

/** Longer ones are none of ours: an agent's takes about 1 KiB. */
const MAX_CERT_LENGTH = 12 * 1024;

/**
 * The text of `Cert` in the last element of `X-Forwarded-Client-Cert` (Envoy's format): the one that the proxy itself has
 * added, about who is connected to it. What stands before it was there when the request came to that proxy. `Hash` and `URI`
 * are not looked at: a proxy that checks clients against other authorities writes them just the same, and without the
 * certificate nobody could tell.
 */
export function forwardedCert(header: string): string | undefined {
  const element = splitOutsideQuotes(header, ',').at(-1) ?? '';
  for (const pair of splitOutsideQuotes(element, ';')) {
    const at = pair.indexOf('=');
    if (pair.slice(0, at).trim().toLowerCase() === 'cert') return unquoted(pair.slice(at + 1).trim());
  }
  return undefined;
}

/** The certificate of a `Cert`, which is its PEM with percent escapes; undefined for anything else. */
export function readForwardedCert(text: string): X509Certificate | undefined {
  if (text.length > MAX_CERT_LENGTH) return undefined;
  try {
    const pem = decodeURIComponent(text);
    // One block: of several the first would be read, whatever the others are.
    if (!/^\s*-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----\s*$/.test(pem)) return undefined;
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

function splitOutsideQuotes(text: string, separator: string): string[] {
  const parts: string[] = [];
  let from = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (quoted && char === '\\') at += 1;
    else if (char === '"') quoted = !quoted;
    else if (char === separator && !quoted) {
      parts.push(text.slice(from, at));
      from = at + 1;
    }
  }
  return [...parts, text.slice(from)];
}

function unquoted(value: string): string {
  const inner = /^"(.*)"$/s.exec(value)?.[1];
  return inner === undefined ? value : inner.replaceAll(/\\(.)/gs, '$1');
}
