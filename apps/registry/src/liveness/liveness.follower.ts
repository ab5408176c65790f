import type { AgentEvent } from '@ao/contracts';
import { assertNever } from '@ao/kernel';
import type { OwnedSubscription, RecordedEvent } from '@ao/event-log';
import type { PoolClient } from 'pg';
import { sqlFile } from './sql';
import type { Liveness } from './liveness.rules';

export const LIVENESS_FOLLOWER = 'liveness';

const UPSERT_REGISTERED = sqlFile('upsert-registered.sql');
const UPDATE_FOLLOWED = sqlFile('update-followed.sql');

/** What a batch of events says of one agent; what it does not say is null. */
export interface FollowedAgent {
  readonly agent_id: string;
  readonly registered: boolean;
  readonly interval_seconds: number | null;
  readonly liveness: Liveness | null;
  readonly seen_at: string | null;
}

/**
 * Keeps what the log tells in `telemetry.agent_liveness`: a row for every registered agent, its interval and its last
 * recorded liveness. The sweep and the view of every replica start from there, so neither needs the log's whole length.
 */
export const livenessFollower: OwnedSubscription = {
  name: LIVENESS_FOLLOWER,
  categories: ['agent'],
  async handle(events, transaction) {
    const agents = followed(events as readonly RecordedEvent<AgentEvent>[]);
    await write(
      transaction,
      UPSERT_REGISTERED,
      agents.filter(({ registered }) => registered),
    );
    await write(
      transaction,
      UPDATE_FOLLOWED,
      agents.filter(({ registered }) => !registered),
    );
  },
};

/** Folds a batch to one entry per agent that the batch says something of. */
export function followed(events: readonly Pick<RecordedEvent<AgentEvent>, 'type' | 'data'>[]): FollowedAgent[] {
  const agents = new Map<string, FollowedAgent>();
  for (const event of events) {
    const change = changeOf(event as AgentEvent);
    if (!change) continue;
    const { agent_id } = event.data;
    const known = agents.get(agent_id);
    agents.set(agent_id, {
      agent_id,
      registered: known?.registered ?? change.registered ?? false,
      interval_seconds: change.interval_seconds ?? known?.interval_seconds ?? null,
      liveness: change.liveness ?? known?.liveness ?? null,
      seen_at: change.seen_at ?? known?.seen_at ?? null,
    });
  }
  return [...agents.values()];
}

function changeOf(event: AgentEvent): Partial<FollowedAgent> | undefined {
  switch (event.type) {
    case 'AgentRegistered':
      return {
        registered: true,
        interval_seconds: event.data.heartbeat_interval_seconds,
        liveness: 'online',
        seen_at: event.data.registered_at,
      };
    case 'AgentProfileChanged':
      return { interval_seconds: event.data.heartbeat_interval_seconds, seen_at: event.data.changed_at };
    case 'AgentCameOnline':
      return { liveness: 'online', seen_at: event.data.at };
    case 'AgentDegraded':
      return { liveness: 'degraded' };
    case 'AgentWentOffline':
      return { liveness: 'offline' };
    case 'AgentActivated':
    case 'AgentStopped':
    case 'AgentMarkedBusy':
    case 'AgentDeregistered':
      return undefined;
    default:
      return assertNever(event);
  }
}

async function write(transaction: PoolClient, sql: string, agents: readonly FollowedAgent[]): Promise<void> {
  if (agents.length === 0) return;
  await transaction.query(sql, [
    agents.map((agent) => agent.agent_id),
    agents.map((agent) => agent.interval_seconds),
    agents.map((agent) => agent.liveness),
    agents.map((agent) => agent.seen_at),
  ]);
}
