import { z } from 'zod';
import { Time } from './text';

/** `whsec_` and base64 of 24 to 64 bytes, as Standard Webhooks has it. */
export const SigningSecret = z
  .string()
  .max(100)
  .refine((secret) => {
    const [, text = ''] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret) ?? [];
    const bytes = Buffer.from(text, 'base64');
    return bytes.length >= 24 && bytes.length <= 64 && bytes.toString('base64') === text;
  }, 'must be whsec_ and base64 of 24 to 64 bytes');

/** So long the secret before a rotation is good as well. */
export const SECRET_OVERLAP_MS = 24 * 3_600_000;
/** More former ones than these are not good at once. */
const MOST_FORMER = 4;

/** The versions of a secret before its newest that are good as well, and until when; the newest first. */
export const FormerSecrets = z.array(z.object({ version: z.int(), until: Time }));
export type FormerSecrets = z.infer<typeof FormerSecrets>;

/** What an event of a rotation says, beside whose it is: the former version is good as well until `overlap_until`. */
export const SecretRotation = z.object({
  secret_version: z.int(),
  former_version: z.int(),
  overlap_until: Time,
  at: Time,
});
export type SecretRotation = z.infer<typeof SecretRotation>;

/** What a rotation at `at` (ISO 8601) to a version says. */
export function rotationTo(secret_version: number, former_version: number, at: string): SecretRotation {
  const overlap_until = new Date(Date.parse(at) + SECRET_OVERLAP_MS).toISOString();
  return { secret_version, former_version, overlap_until, at };
}

/** Those of them that are still good. `now`: Unix milliseconds. */
export function stillGood(former: Readonly<FormerSecrets>, now: number): FormerSecrets {
  return former.filter(({ until }) => Date.parse(until) > now);
}

/** The former versions after one more rotation. */
export function formerAfter(
  before: FormerSecrets,
  { former_version, overlap_until, at }: SecretRotation,
): FormerSecrets {
  return [{ version: former_version, until: overlap_until }, ...stillGood(before, Date.parse(at))].slice(
    0,
    MOST_FORMER,
  );
}
