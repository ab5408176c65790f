import type { SealContext, Sealed } from '@ao/contracts';

/**
 * Seals texts under a key per subject. Destroying a subject's key erases everything that was ever sealed under it, wherever
 * copies of it are; the log and its hash chain stay as they are.
 */
export interface Sealer {
  /** Makes the subject's key when it has none. @throws SubjectErasedError once its key was destroyed */
  seal(subject: string, context: SealContext, text: string): Promise<Sealed>;
  /** Null when the key is destroyed. @throws SealBrokenError for a text that this subject and context did not seal */
  open(sealed: Sealed, context: SealContext): Promise<string | null>;
  /** The same text gives the same index, and nothing leads back (HMAC-SHA-256, lower-case hex). `purpose` tells indexes apart. */
  index(purpose: string, text: string): Promise<string>;
  /** For good, on every replica within two seconds. Safe to repeat. */
  destroy(subject: string): Promise<void>;
}
