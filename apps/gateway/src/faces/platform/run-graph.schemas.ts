import { RunCause, StepFailure } from '@ao/contracts';
import { createZodDto } from '../../http/zod-dto';
import { z } from 'zod';
import { EDGE_KINDS, NODE_KINDS } from '../../graph/run-graph.types';
import { AsOf, AtLeast } from '../query.schemas';
import { Figures } from './cost.schemas';
import { Timestamp } from './user.schemas';

export class RunGraphQueryDto extends createZodDto(
  z.object({
    /** `mermaid` and `dot` are text: for Mermaid, for Graphviz. */
    format: z.enum(['json', 'mermaid', 'dot']).default('json'),
    at_least: AtLeast,
    as_of: AsOf,
  }),
) {}

const Assignment = z.object({
  attempt: z.int(),
  agent_id: z.uuid(),
  assigned_at: Timestamp,
  started_at: Timestamp.nullable(),
  lease_expires_at: Timestamp,
  ended_at: Timestamp.nullable(),
  outcome: z.enum([
    'open',
    'completed',
    'failed',
    'returned',
    'lease_expired',
    'agent_lost',
    'cancelled',
    'expired',
    'paused',
  ]),
});

/** What all nodes have; and, by their kind, what is said of them besides. */
const GraphNode = z.object({
  id: z.string(),
  kind: z.enum(NODE_KINDS),
  label: z.string(),
  run_id: z.uuid(),
  status: z.string(),
  started_at: Timestamp.nullable(),
  ended_at: Timestamp.nullable(),
  /** Of what is open: up to now. */
  duration_ms: z.number().nullable(),
  /** Of what was used up for it and for all that it made; null: nothing, or the caller lacks `costs:read`. */
  cost: Figures.nullable(),
  /** On the critical path. */
  critical: z.boolean(),
  /** Of steps and attempts. */
  node: z.string().optional(),
  attempt: z.int().optional(),
  attempts: z.int().optional(),
  type: z.string().nullable().optional(),
  carried: z.boolean().optional(),
  due_at: Timestamp.nullable().optional(),
  retry_at: Timestamp.nullable().optional(),
  failure: StepFailure.nullable().optional(),
  /** Of tasks. */
  task_id: z.uuid().optional(),
  priority: z.int().nullable().optional(),
  assignments: z.array(Assignment).optional(),
  late_results: z.int().optional(),
  work_ms: z.number().optional(),
  wait_ms: z.number().optional(),
  /** Of approvals. */
  approval_id: z.uuid().optional(),
  required: z.int().optional(),
  requested_by: z.string().nullable().optional(),
  votes: z.array(z.object({ by: z.string(), vote: z.enum(['approve', 'reject']), at: Timestamp })).optional(),
  reason: z.string().nullable().optional(),
  /** Of signals. */
  signal_id: z.uuid().optional(),
  name: z.string().optional(),
  correlation: z.string().nullable().optional(),
  sent_by: z.string().nullable().optional(),
  /** Of runs. */
  workflow_id: z.uuid().optional(),
  workflow_name: z.string().optional(),
  version: z.int().optional(),
  cause: RunCause.optional(),
  parent: z.object({ run_id: z.uuid(), node: z.string() }).nullable().optional(),
  fork: z.object({ run_id: z.uuid(), from: z.string() }).nullable().optional(),
  started_by: z.string().nullable().optional(),
});

export const ShownRunGraph = z.object({
  run_id: z.uuid(),
  status: z.string(),
  /** The moment it shows. */
  at: Timestamp,
  started_at: Timestamp,
  ended_at: Timestamp.nullable(),
  /** What `cost` is in. */
  currency: z.string().nullable(),
  nodes: z.array(GraphNode),
  edges: z.array(
    z.object({
      /** Came first; of `compensates`, what takes the other back. */
      from: z.string(),
      to: z.string(),
      kind: z.enum(EDGE_KINDS),
      /** Of `caused`: the first event of `to` that `from` led to. */
      event: z.object({ type: z.string(), position: z.int() }).nullable(),
    }),
  ),
  /** The chain that determined when the run ended, without a gap: its waits and its work add up to how long the run took. */
  critical_path: z.object({
    total_ms: z.number(),
    wait_ms: z.number(),
    work_ms: z.number(),
    steps: z.array(
      z.object({
        node: z.string(),
        label: z.string(),
        from: Timestamp,
        to: Timestamp,
        wait_ms: z.number(),
        work_ms: z.number(),
      }),
    ),
  }),
  /** What is left out, because there is more of it than one answer may cost; null: nothing is. */
  truncated: z.object({ events: z.int(), streams: z.int(), deeper_runs: z.int(), nodes: z.int() }).nullable(),
});
export class ShownRunGraphDto extends createZodDto(ShownRunGraph) {}
