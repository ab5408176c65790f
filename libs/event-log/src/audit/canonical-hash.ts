import { createHash } from 'node:crypto';
import type { CommitText, EventText, SealText } from './audit-record';

/** The hash before the first commit. */
export const GENESIS = '00'.repeat(32);

/** Each text after its length in bytes and a colon: no two lists of texts give the same bytes (canonical.sql). */
function lengthPrefixed(texts: readonly string[]): string {
  let canonical = '';
  for (const text of texts) canonical += `${Buffer.byteLength(text)}:${text}`;
  return canonical;
}

/** SHA-256 (hex) of an event's canonical text. */
export function eventHash(event: EventText): string {
  return createHash('sha256').update(lengthPrefixed(event)).digest('hex');
}

/** SHA-256 (hex) that links a commit to the one before it. */
export function commitHash(commit: Omit<CommitText, 'hash'>): string {
  return createHash('sha256')
    .update(Buffer.from(commit.prev_hash, 'hex'))
    .update(lengthPrefixed([commit.first_position, commit.last_position, commit.committed_us]))
    .update(Buffer.from(commit.event_hashes, 'hex'))
    .digest('hex');
}

/** What a seal's signature covers. */
export function sealedText(seal: Omit<SealText, 'signature'>): Buffer {
  return Buffer.from(
    lengthPrefixed(['agent-orchestration seal 1', seal.last_position, seal.hash, seal.sealed_us, seal.key_id]),
  );
}
