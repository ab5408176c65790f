/** The token of `Authorization: Bearer …`; undefined without the header, null when it is something else. */
export function bearerToken(authorization: string | undefined): string | null | undefined {
  if (authorization === undefined) return undefined;
  const match = /^Bearer +([\x21-\x7e]{1,4096}) *$/i.exec(authorization);
  return match?.[1] ?? null;
}

/** Hides tokens in a URL before it is logged. */
export function redactUrl(url: string): string {
  return url.replace(/([?&](?:token|access_token|api_key)=)[^&#]*/gi, '$1[redacted]');
}
