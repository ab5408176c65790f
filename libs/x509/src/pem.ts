/** RFC 7468, as everybody writes it. */
export function toPem(label: string, der: Buffer): string {
  const lines = der.toString('base64').replaceAll(/.{1,64}/g, '$&\n');
  return `-----BEGIN ${label}-----\n${lines}-----END ${label}-----\n`;
}

/** The bytes of the one block with one of these labels; undefined for anything else. */
export function fromPem(labels: readonly string[], text: string): Buffer | undefined {
  const match = /^\s*-----BEGIN ([A-Z0-9 ]{1,40})-----([A-Za-z0-9+/=\s]*)-----END \1-----\s*$/.exec(text);
  if (!match || !labels.includes(match[1]!)) return undefined;
  const base64 = match[2]!.replaceAll(/\s/g, '');
  const bytes = Buffer.from(base64, 'base64');
  return bytes.length > 0 && bytes.toString('base64') === base64 ? bytes : undefined;
}
