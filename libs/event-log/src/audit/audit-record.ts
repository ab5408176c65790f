/**
 * What the audit reads, from the database or from an export: every value is the canonical text that the hashes cover,
 * never parsed and written again.
 */
export type AuditRecord = { readonly event: EventText } | { readonly commit: CommitText } | { readonly seal: SealText };

/** The columns of an event, in the order of the canonical text; the time in microseconds. */
export type EventText = readonly [
  position: string,
  stream_id: string,
  category: string,
  version: string,
  type: string,
  schema_version: string,
  data: string,
  metadata: string,
  recorded_us: string,
];

/** Comes after the events it covers. Hashes in lower-case hex. */
export interface CommitText {
  readonly first_position: string;
  readonly last_position: string;
  readonly committed_us: string;
  readonly prev_hash: string;
  readonly hash: string;
  /** The SHA-256 of each event, one after the other. */
  readonly event_hashes: string;
}

/** Comes after the commit it seals. */
export interface SealText {
  readonly last_position: string;
  readonly hash: string;
  readonly sealed_us: string;
  readonly key_id: string;
  /** Ed25519 over `sealedText`, hex. */
  readonly signature: string;
}
