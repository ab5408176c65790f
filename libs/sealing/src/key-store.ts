/** A subject's key as it is kept; `wrapped` is null once it was destroyed. */
export interface WrappedKey {
  /** Which key-encryption key it is wrapped under. */
  readonly kek_id: string;
  readonly wrapped: Buffer | null;
}

export interface SubjectKey extends WrappedKey {
  readonly subject: string;
}

/** Where wrapped keys are kept: one per subject, for all replicas. */
export interface KeyStore {
  /** Those of the subjects that have, or had, one. */
  find(subjects: readonly string[]): Promise<readonly SubjectKey[]>;
  /** Keeps the key unless the subject has, or had, one; answers what it has then. */
  add(subject: string, key: WrappedKey): Promise<WrappedKey>;
  /** For good, also for a subject that never had one. Safe to repeat. */
  destroy(subject: string): Promise<void>;
  /** Keys that are not wrapped under this key-encryption key and not destroyed, in order of subject, after the one given. */
  outdated(kekId: string, after: string, limit: number): Promise<readonly (SubjectKey & { wrapped: Buffer })[]>;
  /** Puts `to` where `from` still is; false when it was changed or destroyed meanwhile. */
  rewrap(subject: string, from: WrappedKey, to: WrappedKey): Promise<boolean>;
}
