import type { OwnedSubscription, RecordedEvent } from '@ao/event-log';
import type { PoolClient } from 'pg';
import type { LivenessChange, LivenessKind } from './liveness.kind';
import type { Liveness } from './liveness.rules';
import { statementOf } from './sql';

/** What a batch of events says of one; what it does not say is null. */
interface Followed {
  readonly id: string;
  readonly registered: boolean;
  readonly gone: boolean;
  readonly interval_seconds: number | null;
  readonly liveness: Liveness | null;
  readonly seen_at: string | null;
}

/**
 * Keeps what the log tells in the kind's table of beats: a row for everyone registered, the interval and the last recorded
 * liveness. The sweep and the view of every replica start from there, so neither needs the log's whole length.
 */
export function livenessFollower<Event>(kind: LivenessKind<Event>): OwnedSubscription {
  const upsertRegistered = statementOf('upsert-registered.sql', kind.table);
  const updateFollowed = statementOf('update-followed.sql', kind.table);
  const deleteGone = statementOf('delete-gone.sql', kind.table);
  return {
    name: kind.follower,
    categories: [kind.category],
    async handle(events, transaction) {
      const changes = (events as readonly (RecordedEvent & Event)[]).map((event) => kind.changeOf(event));
      const all = followed(changes);
      await write(
        transaction,
        upsertRegistered,
        all.filter(({ registered, gone }) => registered && !gone),
      );
      await write(
        transaction,
        updateFollowed,
        all.filter(({ registered, gone }) => !registered && !gone),
      );
      const ended = all.filter(({ gone }) => gone).map(({ id }) => id);
      if (ended.length > 0) await transaction.query(deleteGone, [ended]);
    },
  };
}

/** Folds the changes of a batch to one entry for each that it says something of. */
export function followed(changes: readonly (LivenessChange | undefined)[]): Followed[] {
  const all = new Map<string, Followed>();
  for (const change of changes) {
    if (!change) continue;
    const { id } = change;
    const known = all.get(id);
    all.set(id, {
      id,
      registered: known?.registered ?? change.registered ?? false,
      gone: (known?.gone || change.gone) ?? false,
      interval_seconds: change.interval_seconds ?? known?.interval_seconds ?? null,
      liveness: change.liveness ?? known?.liveness ?? null,
      seen_at: change.seen_at ?? known?.seen_at ?? null,
    });
  }
  return [...all.values()];
}

async function write(transaction: PoolClient, sql: string, all: readonly Followed[]): Promise<void> {
  if (all.length === 0) return;
  await transaction.query(sql, [
    all.map(({ id }) => id),
    all.map(({ interval_seconds }) => interval_seconds),
    all.map(({ liveness }) => liveness),
    all.map(({ seen_at }) => seen_at),
  ]);
}
