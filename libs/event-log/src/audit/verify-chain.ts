import type { KeyObject } from 'node:crypto';
import type { AuditRecord, CommitText, EventText, SealText } from './audit-record';
import { commitHash, eventHash, GENESIS } from './canonical-hash';
import { isSignedBy, keyIdOf } from './seal-key';

export interface Problem {
  readonly kind:
    'event_altered' | 'event_missing' | 'event_unchained' | 'commit_altered' | 'chain_broken' | 'seal_invalid';
  /** The position it is about; of a commit or seal, its last one. */
  readonly position: number;
  readonly message: string;
}

export interface Verification {
  readonly events: number;
  readonly commits: number;
  /** Of seals whose signature was checked, and of all. */
  readonly seals: { readonly verified: number; readonly total: number };
  /** The last position of the chain. */
  readonly head: number;
  /** The chain's hash there, hex: who notes it elsewhere can tell later that the log was not cut or rewritten. */
  readonly hash: string;
  /** Up to here a verified seal covers the log. */
  readonly sealedTo: number;
  /** In the order met; at most `maxProblems`. None: the chain is whole. */
  readonly problems: readonly Problem[];
}

export interface VerifyOptions {
  /** Checks the seals' signatures; without it they are only compared with the chain. */
  readonly publicKey?: KeyObject;
  /** Stop after so many; default 100. */
  readonly maxProblems?: number;
  /** How an event is hashed; a test gives a wrong one to show that it would be noticed. */
  readonly hashEvent?: (event: EventText) => string;
}

/**
 * Walks the log once and says whether every event is as it was committed, none is missing and none was slipped in. After a
 * problem it goes on from what the log says, so that each further one is named too.
 */
export async function verifyChain(
  records: AsyncIterable<AuditRecord> | Iterable<AuditRecord>,
  options: VerifyOptions = {},
): Promise<Verification> {
  const { publicKey, maxProblems = 100, hashEvent = eventHash } = options;
  const keyId = publicKey && keyIdOf(publicKey);
  const problems: Problem[] = [];
  const counts = { events: 0, commits: 0, seals: 0, verified: 0 };
  /** Hash of each event met since the last commit, by position. */
  let pending = new Map<number, string>();
  let hash = GENESIS;
  let head = 0;
  let sealedTo = 0;

  const problem = (kind: Problem['kind'], position: number, message: string) =>
    problems.push({ kind, position, message });

  function takeCommit(commit: CommitText): void {
    counts.commits += 1;
    const first = Number(commit.first_position);
    const last = Number(commit.last_position);
    if (first > head + 1)
      problem(
        'chain_broken',
        head + 1,
        `positions ${head + 1} to ${first - 1} belong to no commit: commits are missing`,
      );
    else if (first <= head) problem('chain_broken', first, `position ${first} belongs to more than one commit`);
    if (commit.prev_hash !== hash)
      problem('chain_broken', last, `the commit of positions ${first} to ${last} does not follow the one before it`);
    if (commitHash(commit) !== commit.hash)
      problem('commit_altered', last, `the commit of positions ${first} to ${last} is not as it was made`);
    if (commit.event_hashes.length !== 64 * (last - first + 1))
      problem(
        'commit_altered',
        last,
        `the commit of positions ${first} to ${last} does not hold one hash for each event`,
      );
    for (let position = first; position <= last; position += 1) {
      const expected = commit.event_hashes.slice(64 * (position - first), 64 * (position - first + 1));
      const actual = pending.get(position);
      if (actual === undefined) problem('event_missing', position, `the event at position ${position} is missing`);
      else if (actual !== expected)
        problem('event_altered', position, `the event at position ${position} is not as it was appended`);
      pending.delete(position);
    }
    for (const position of pending.keys()) unchained(position);
    pending = new Map();
    hash = commit.hash;
    head = Math.max(head, last);
  }

  function takeSeal(seal: SealText): void {
    counts.seals += 1;
    const position = Number(seal.last_position);
    if (position !== head || seal.hash !== hash) {
      problem(
        'seal_invalid',
        position,
        `the seal at position ${position} does not fit the chain: it was rewritten or cut`,
      );
      return;
    }
    if (!publicKey) return;
    if (seal.key_id !== keyId) return;
    if (!isSignedBy(seal, publicKey)) {
      problem('seal_invalid', position, `the seal at position ${position} is not signed by this key`);
      return;
    }
    counts.verified += 1;
    sealedTo = position;
  }

  const unchained = (position: number) =>
    problem('event_unchained', position, `the event at position ${position} belongs to no commit`);

  for await (const record of records) {
    if ('event' in record) {
      counts.events += 1;
      pending.set(Number(record.event[0]), hashEvent(record.event));
    } else if ('commit' in record) takeCommit(record.commit);
    else takeSeal(record.seal);
    if (problems.length >= maxProblems) break;
  }
  if (problems.length < maxProblems) {
    for (const position of pending.keys()) unchained(position);
    if (publicKey && counts.seals > 0 && counts.verified === 0)
      problem('seal_invalid', head, `none of the ${counts.seals} seals is made with the key ${keyId}`);
  }
  return {
    events: counts.events,
    commits: counts.commits,
    seals: { verified: counts.verified, total: counts.seals },
    head,
    hash,
    sealedTo,
    problems: problems.slice(0, maxProblems),
  };
}
