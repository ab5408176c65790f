import type { IncomingHttpHeaders } from 'node:http';

/** True for an address or name that only this machine reaches. */
export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}

/** The host name of a Host header, without the port; undefined when it is none. */
function hostNameOf(host: string): string | undefined {
  const match = /^(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(?::\d{1,5})?$/i.exec(host);
  return match?.[1]?.toLowerCase();
}

/** Whether a page of another origin sent this. Browsers name the origin on every cross-origin write and every upgrade. */
export function isForeignOrigin(headers: IncomingHttpHeaders): boolean {
  const site = headers['sec-fetch-site'];
  if (site === 'cross-site' || site === 'same-site') return true;
  const { origin, host } = headers;
  if (origin === undefined) return false;
  return (
    origin.toLowerCase() !== `http://${host ?? ''}`.toLowerCase() &&
    origin.toLowerCase() !== `https://${host ?? ''}`.toLowerCase()
  );
}

/**
 * Why a request without a credential must not pass although the coordinator is open, or undefined. Open means open to
 * programs on this machine, never to a page in its browser: a page of another origin names itself, a page whose name was
 * rebound to 127.0.0.1 names a foreign host, and a form or a fetch without preflight cannot send JSON's content type.
 */
export function whyNotOpen(method: string, headers: IncomingHttpHeaders): string | undefined {
  const name = hostNameOf(headers.host ?? '');
  if (name === undefined || !isLoopbackHost(name)) return 'the Host header must name this machine (localhost)';
  if (isForeignOrigin(headers)) return 'it comes from a page of another origin';
  if (method === 'GET' || method === 'HEAD') return undefined;
  const contentType = headers['content-type'];
  if (contentType !== undefined && !/^application\/json\s*(;|$)/i.test(contentType))
    return 'the body must be application/json';
  return undefined;
}
