import { z } from 'zod';
import { Id, Time } from './text';
import { StreamedTask } from './tasks/task-stream';
import { TaskCredential } from './tasks/task.specification';

/**
 * Messages on NATS that are not events: they may be lost without harm, and each has its own repetition or table behind
 * it. Subjects: `libs/messaging/src/subjects.ts`.
 */

/** A gateway replica on the sockets it holds: on each change, and all of them every 5 s; entries expire after 15 s. */
export const AgentConnections = z.object({
  gateway_id: Id,
  /** True: this is the whole list of the replica, agents it does not name are not connected to it. */
  complete: z.boolean(),
  connections: z.array(
    z.object({
      agent_id: Id,
      /** Of the connection; the newest wins (milliseconds of the log's clock, made unique by the gateway). */
      epoch: z.number(),
      connected: z.boolean(),
      max_concurrent_tasks: z.int(),
    }),
  ),
});
export type AgentConnections = z.infer<typeof AgentConnections>;

/** To the gateway replica that holds the agent's socket. */
export const AgentStreamMessage = z.discriminatedUnion('type', [
  /** Its secrets are references here: the gateway puts the values in. */
  z.object({
    type: z.literal('task_assigned'),
    task: StreamedTask.extend({ credentials: z.array(TaskCredential).optional() }),
  }),
  z.object({ type: z.literal('task_cancelled'), taskId: Id, reason: z.string() }),
  z.object({ type: z.literal('task_input'), taskId: Id, input: z.unknown() }),
  /** A newer connection of the same agent exists elsewhere: close the older one. */
  z.object({ type: z.literal('superseded'), epoch: z.number() }),
]);
export type AgentStreamMessage = z.infer<typeof AgentStreamMessage>;

/** Registry on the beats of one flush interval. */
export const HeartbeatBatch = z.object({
  beats: z.array(
    z.object({
      agent_id: Id,
      at: z.number(),
      load_metrics: z.record(z.string(), z.number()).optional(),
      health: z.enum(['healthy', 'degraded', 'error']).optional(),
    }),
  ),
});
export type HeartbeatBatch = z.infer<typeof HeartbeatBatch>;

/** The owner of a read model: everything up to `position` is in it. */
export const ModelPosition = z.object({ model: z.string(), position: z.int() });
export type ModelPosition = z.infer<typeof ModelPosition>;
/** Of the models that moved since the last message. */
export const ModelPositionBatch = z.array(ModelPosition);

/**
 * A process of a service on itself: every 5 s, and at once when what it is ready for changes. Who is not heard for long is
 * gone, unless its last word was that it stops.
 */
export const ServiceStatus = z.object({
  service: z.string(),
  /** Of this process; another one each time it starts. */
  instance_id: Id,
  at: Time,
  ready: z.boolean(),
  /** It was asked to end: its silence from now on is meant. */
  stopping: z.boolean(),
  /** The checks of /health/ready that fail, and why. */
  failing: z.array(z.object({ check: z.string(), error: z.string() })),
  subscriptions: z.array(
    z.object({
      name: z.string(),
      kind: z.enum(['owned', 'local']),
      state: z.enum(['active', 'standby', 'paused', 'seeding', 'stopped']),
      lag_events: z.int(),
      /** Age of the oldest event it has not handled, as far as it is known. */
      lag_seconds: z.number().optional(),
      /** Streams that wait behind a parked event; known to the active replica. */
      parked_streams: z.int(),
    }),
  ),
});
export type ServiceStatus = z.infer<typeof ServiceStatus>;
