import { poolEvents, schemaVersionsOf, type PoolEvent } from '@ao/contracts';
import type { Aggregate } from '@ao/event-log';
import { accept, derivedId, streamId, type Command, type Decider } from '@ao/kernel';

/** Who took the dispatch pool last. The version of the pool's stream is the epoch of that owner. */
export interface PoolState {
  readonly owner: string | undefined;
}

/** `owner`: id of the process that takes it; one owner takes a pool once, and is deposed by whoever takes it next. */
export type TakePool = Command<'TakePool', { pool: string; owner: string }>;

export const poolDecider: Decider<PoolState, TakePool, PoolEvent> = {
  initialState: () => ({ owner: undefined }),
  evolve: (state, event) => (event.type === 'PoolTaken' ? { owner: event.data.owner } : state),
  decide: ({ data, metadata }) => accept([{ type: 'PoolTaken', data: { ...data, taken_at: metadata.time } }]),
};

export const poolAggregate: Aggregate<PoolState, TakePool, PoolEvent> = {
  category: 'pool',
  decider: poolDecider,
  schemaVersions: schemaVersionsOf(poolEvents),
  freshIds: 0,
};

/** Names, which people choose, do not stand in stream ids. */
export function poolId(pool: string): string {
  return derivedId('pool', pool);
}

export function poolStream(pool: string): string {
  return streamId('pool', poolId(pool));
}
