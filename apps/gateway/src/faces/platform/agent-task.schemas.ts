import { Id, TaskLogEntry, text } from '@ao/contracts';
import { createZodDto } from '../../http/zod-dto';
import { z } from 'zod';

/**
 * What an agent without a socket tells of a task that it has: the frames of the task stream as requests, in seed 002's
 * camelCase. Without `leaseToken`: the agent's current lease.
 */

const Lease = z.object({ leaseToken: Id.optional() });

export class LeaseBodyDto extends createZodDto(Lease) {}

export class ProgressBodyDto extends createZodDto(
  Lease.extend({ progress: z.number().min(0).max(100), message: text(1000).optional() }).meta({
    example: { progress: 65, message: 'batch 7 of 10' },
  }),
) {}

export class LogsBodyDto extends createZodDto(
  Lease.extend({ logs: z.array(TaskLogEntry).min(1).max(1_000) }).meta({
    example: { logs: [{ timestamp: '2026-01-10T14:23:45Z', level: 'info', message: 'Pulling image...' }] },
  }),
) {}

export class InputRequiredBodyDto extends createZodDto(
  Lease.extend({ prompt: text(4_000, 1) }).meta({ example: { prompt: 'May I delete the old backups?' } }),
) {}

export class ReturnBodyDto extends createZodDto(Lease.extend({ reason: text(500, 1).default('returned') })) {}

const Timestamp = z.iso.datetime();

export class StartedDto extends createZodDto(z.object({ startedAt: Timestamp })) {}
export class RenewedDto extends createZodDto(z.object({ leaseExpiresAt: Timestamp })) {}
export class InputRequiredDto extends createZodDto(z.object({ requiredAt: Timestamp })) {}
export class ReturnedDto extends createZodDto(z.object({ returnedAt: Timestamp })) {}

/** The answer to the question that the agent asked last; null while nobody has given one. */
export class TaskInputDto extends createZodDto(
  z.object({ prompt: z.string(), input: z.unknown(), providedAt: Timestamp.nullable() }),
) {}
