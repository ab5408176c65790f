import { createZodDto } from '../../http/zod-dto';
import { z } from 'zod';
import { WORKFLOW_STATUSES } from '../../projections/workflows/workflow.projection';
import { Timestamp } from '../platform/user.schemas';
import { AtLeast, wholeNumber } from '../query.schemas';

/** The shapes of seed document 001, workflows. */

export class OperationsWorkflowListQueryDto extends createZodDto(
  z.object({
    page: wholeNumber(1_000_000, 1).default(1),
    limit: wholeNumber(100, 1).default(20),
    status: z.enum(WORKFLOW_STATUSES).optional(),
    at_least: AtLeast,
  }),
) {}

export const OperationsWorkflow = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  /** draft: it has no steps yet. */
  status: z.enum(WORKFLOW_STATUSES),
  steps: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      /** Of steps that are tasks for agents of a type. */
      agent_type: z.string().nullable(),
      order: z.int(),
    }),
  ),
  created_at: Timestamp,
});
export type OperationsWorkflow = z.infer<typeof OperationsWorkflow>;

export class OperationsWorkflowPageDto extends createZodDto(
  z.object({
    data: z.array(OperationsWorkflow),
    pagination: z.object({ page: z.int(), limit: z.int(), total: z.int(), pages: z.int() }),
  }),
) {}
export class OperationsWorkflowEnvelopeDto extends createZodDto(z.object({ data: OperationsWorkflow })) {}
