import { z } from 'zod';
import { query } from '../contract';
import { Id, Time, Word } from '../text';
import { TASK_STATUSES } from './task.document';

/** Why an agent does not get a task that waits. Those of a lack come first; what comes after, agents have that could do it. */
export const AGENT_OBSTACLES = [
  'other_agent_wanted',
  'other_type_wanted',
  'lacks_capability',
  'not_active',
  'draining',
  'offline',
  'busy',
  'takes_none',
  'full',
  'held',
  'passed_over',
] as const;
export type AgentObstacle = (typeof AGENT_OBSTACLES)[number];

const WaitReason = z.object({
  /** `no_agent_fits`, `agents_unavailable`, `before_it`, `retry`, `not_before`, `dependencies`, `paused`, or a gate's own code. */
  code: Word,
  detail: z.string(),
  /** Until then at the latest, as far as is known now. */
  until: Time.optional(),
});

const Fleet = z.object({
  agents: z.int(),
  /** Can do it as such. */
  fit: z.int(),
  /** Of these: could take it now. */
  free: z.int(),
  /** Why the others do not, the most frequent first; an agent counts once for each capability that it lacks. */
  obstacles: z.array(z.object({ code: z.enum(AGENT_OBSTACLES), subject: z.string().optional(), agents: z.int() })),
  /** Those that fit first. */
  examples: z
    .array(
      z.object({
        agent_id: Id,
        name: z.string(),
        fits: z.boolean(),
        /** At most 10. */
        obstacles: z.array(z.object({ code: z.enum(AGENT_OBSTACLES), subject: z.string().optional() })),
      }),
    )
    .max(20),
});
export type FleetExplanation = z.infer<typeof Fleet>;

const Place = z.object({
  /** What the submitted priority is worth by now. */
  effective_priority: z.int(),
  /** When it is worth more. */
  next_level_at: Time.optional(),
  /** Tasks with the same requirements and fairness key that come before it; no more are counted than 1,000. */
  ahead: z.int(),
  ahead_counted_up_to: z.int().optional(),
  /** Other fairness keys that have tasks with the same requirements and take turns with it. */
  other_keys: z.int(),
});
export type PlaceExplanation = z.infer<typeof Place>;

export const TaskExplanation = z.object({
  task_id: Id,
  status: z.enum(TASK_STATUSES),
  pool: Word,
  priority: z.int(),
  fairness_key: z.string().nullable(),
  concurrency_key: z.string().nullable(),
  /** Why no agent has it; empty while one has, and after the end. */
  waits_because: z.array(WaitReason),
  /** In the queue; null when it is not in it. */
  place: Place.nullable(),
  /** While it is in the queue. */
  fleet: Fleet.nullable(),
  retry_at: Time.nullable(),
  not_before: Time.nullable(),
  waits_for: z.array(Id),
  /** Who got it and why, the latest last; at most 20. */
  assignments: z.array(
    z.object({
      agent_id: Id,
      attempt: z.int(),
      assigned_at: Time,
      /** Since it was ready. */
      waited_seconds: z.number(),
      strategy: Word,
      candidates: z.array(z.object({ agent_id: Id, score: z.number() })),
      candidate_count: z.int(),
      /** How it ended; null while the agent has it. */
      ended_by: z.string().nullable(),
      ended_at: Time.nullable(),
    }),
  ),
  assignments_total: z.int(),
});
export type TaskExplanation = z.infer<typeof TaskExplanation>;
export type WaitReason = z.infer<typeof WaitReason>;

/** Why a task waits, or who got it and why. Costs one look at each agent of the fleet, and the task's stream. */
export const explainTask = query('tasks.explain_task', z.object({ task_id: Id }), TaskExplanation);
