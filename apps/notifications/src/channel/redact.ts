const MASK = '***';
/** Shorter texts are no secrets, and would tear words apart. */
const LEAST = 6;
const MAIL_ADDRESS = /[^\s<>()[\]",;:@]+@[^\s<>()[\]",;:@]+/g;

/**
 * What others said, fit for the delivery log: receivers quote what they were sent, and mail servers name whom they refuse. Nothing
 * of `secrets` stands in it, in clear or as URLs and JSON write it, and no mail address.
 */
export function redacted(text: string, secrets: readonly string[]): string {
  const forms = secrets.flatMap((secret) => [
    ...[secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)],
    ...[Buffer.from(secret).toString('base64').replace(/=+$/, '')],
  ]);
  const longestFirst = [...new Set(forms)]
    .filter(({ length }) => length >= LEAST)
    .toSorted((a, b) => b.length - a.length);
  return longestFirst.reduce((left, form) => left.replaceAll(form, MASK), text).replace(MAIL_ADDRESS, MASK);
}

/** What a configuration must not tell: all of its texts, and of URLs what follows the host. */
export function secretsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value, ...secretsOfUrl(value)];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(secretsOf);
}

function secretsOfUrl(text: string): string[] {
  if (!URL.canParse(text)) return [];
  const { username, password, pathname, search, searchParams } = new URL(text);
  // A token is a part of the path as often as the whole of it; words such as `services` tell nothing.
  const parts = pathname.split('/').filter((part) => part.length >= 8);
  const credentials = [
    username,
    password,
    pathname,
    pathname + search,
    search.slice(1),
    ...parts,
    ...searchParams.values(),
  ];
  return credentials.flatMap((part) => [part, decoded(part)]);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
