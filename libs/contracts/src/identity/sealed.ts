import { z } from 'zod';

/**
 * A text under a key of its subject (AES-256-GCM): `s1.<subject>.<base64url of nonce, ciphertext and tag>`. The subject is
 * whose key opens it (a stream id such as `user-<uuid>` or `secret-<uuid>`, or `installation`), so that whoever holds a
 * sealed text knows whom to ask. Once the subject's key is destroyed it stays what it is, and nobody can read it.
 */
export const Sealed = z
  .string()
  .max(96 * 1024)
  .regex(/^s1\.[a-z]{1,20}(-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})?\.[A-Za-z0-9_-]{38,64}[A-Za-z0-9_-]*$/);
export type Sealed = z.infer<typeof Sealed>;

/** Whose key seals: a stream id, or `installation` for what belongs to nobody in particular. */
export const SealSubject = z.string().regex(/^[a-z]{1,20}(-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})?$/);
export const INSTALLATION = 'installation';
export const userSubject = (userId: string) => `user-${userId}`;
export const secretSubject = (secretId: string) => `secret-${secretId}`;

/** The subject a sealed text names. */
export function subjectOf(sealed: Sealed): string {
  return sealed.slice(3, sealed.lastIndexOf('.'));
}

/** What a sealed text is, bound into it (additional authenticated data): none can be put in another's place. */
export const SEAL_CONTEXTS = [
  'email',
  'full_name',
  'password',
  'totp',
  'recovery_codes',
  'session',
  'address',
  'user_agent',
  'secret',
  'signing_key',
  'agent_ca',
] as const;
export const SealContext = z.enum(SEAL_CONTEXTS);
export type SealContext = z.infer<typeof SealContext>;

/** What readers show where a text was sealed under a key that is destroyed. */
export const ERASED = 'erased';

/** Lower-case hex of 32 bytes: a SHA-256 or an HMAC-SHA-256. */
export const Digest = z.string().regex(/^[0-9a-f]{64}$/);
