import { z } from 'zod';
import { Id } from './text';
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
