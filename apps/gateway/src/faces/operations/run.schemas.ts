import { JsonObject, RUN_STATUSES, StepFailure } from '@ao/contracts';
import { createZodDto } from '../../http/zod-dto';
import { z } from 'zod';
import { AtLeast, wholeNumber } from '../query.schemas';
import { OPERATIONS_PRIORITIES, OPERATIONS_STATUSES } from './task.words';

/** The shapes of seed document 001, runs of workflows. It shows none; they are as its tasks are. */

/** `POST /v1/workflows/{workflow_id}/execute` */
export class ExecuteWorkflowDto extends createZodDto(
  z
    .object({
      parameters: JsonObject.default({}),
      /** Of the tasks whose steps do not say one. */
      priority: z.enum(OPERATIONS_PRIORITIES).optional(),
    })
    .meta({
      example: {
        parameters: { source_database: 'production', output_location: 's3://bucket/output/' },
        priority: 'high',
      },
    }),
) {}

export class OperationsRunListQueryDto extends createZodDto(
  z.object({
    page: wholeNumber(1_000, 1).default(1),
    limit: wholeNumber(100, 1).default(20),
    status: z.enum(OPERATIONS_STATUSES).optional(),
    at_least: AtLeast,
  }),
) {}

const Timestamp = z.iso.datetime();

const OperationsRun = z.object({
  id: z.string(),
  /** The same. */
  run_id: z.string(),
  workflow_id: z.string(),
  workflow_name: z.string(),
  version: z.int(),
  status: z.enum(OPERATIONS_STATUSES),
  /** The same more exactly. */
  status_detail: z.enum(RUN_STATUSES),
  priority: z.enum(OPERATIONS_PRIORITIES),
  created_at: Timestamp,
  started_at: Timestamp,
  /** When it ended, however it ended. */
  completed_at: Timestamp.nullable(),
  /** Seconds from its start to its end. */
  duration: z.number().nullable(),
  failure: StepFailure.extend({ node: z.string().nullable() }).nullable(),
});
export type OperationsRun = z.infer<typeof OperationsRun>;

const DetailedRun = OperationsRun.extend({
  parameters: JsonObject,
  /** What the run gave back. */
  result: z.unknown(),
  /** As its definition lists them. */
  steps: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      status: z.enum(OPERATIONS_STATUSES),
      status_detail: z.string(),
      started_at: Timestamp.nullable(),
      completed_at: Timestamp.nullable(),
    }),
  ),
});
export type DetailedRun = z.infer<typeof DetailedRun>;

export class RunPageDto extends createZodDto(
  z.object({
    data: z.array(OperationsRun),
    pagination: z.object({ page: z.int(), limit: z.int(), total: z.int(), pages: z.int() }),
  }),
) {}
export class RunEnvelopeDto extends createZodDto(z.object({ data: DetailedRun })) {}
