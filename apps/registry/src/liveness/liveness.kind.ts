import type { CommandResult, OwnedSubscription } from '@ao/event-log';
import type { CommandMetadata } from '@ao/kernel';
import type { Liveness } from './liveness.rules';

/** What an event says of who is alive; what it does not say is absent. */
export interface LivenessChange {
  readonly id: string;
  /** The first event of its stream. */
  readonly registered?: true;
  /** The last event of its stream: nothing is known of it any more. */
  readonly gone?: true;
  readonly interval_seconds?: number;
  readonly liveness?: Liveness;
  readonly seen_at?: string;
  /** Of a transition to silence. Without `last_heartbeat` it is somebody's word, which only a later beat contradicts. */
  readonly silence?: { readonly at: string; readonly last_heartbeat?: string };
}

/** A transition to ask for; the decider looks again. */
export type LivenessTransition =
  | { readonly id: string; readonly liveness: 'online' }
  | {
      readonly id: string;
      readonly liveness: 'degraded' | 'offline';
      readonly last_heartbeat: string | null;
      /** The later of the last beat and the moment the registry began to listen. */
      readonly silent_since: string;
    };

/** The table that keeps the beats of a kind. All have the columns of `telemetry.agent_liveness`, but for the key's name. */
export interface LivenessTable {
  readonly name: `telemetry.${string}`;
  readonly key: string;
}

/** Something that beats: agents, worker nodes. They differ in their events, their table and their names, in nothing else. */
export interface LivenessKind<Event> {
  readonly category: string;
  readonly table: LivenessTable;
  /** The subscription that keeps the table. */
  readonly follower: string;
  /** What else follows from its transitions. */
  readonly reactions?: readonly OwnedSubscription[];
  /** The subscription of each replica's memory. */
  readonly view: string;
  readonly lock: string;
  readonly metrics: { readonly prefix: string; readonly registered: string };
  /** Whether the other services are told of beats (`HeartbeatBatch`, which names agents). */
  readonly announced: boolean;
  changeOf(event: Event): LivenessChange | undefined;
  change(transition: LivenessTransition, metadata: CommandMetadata): Promise<CommandResult>;
}
