import { Id, Json, text } from '@ao/contracts';
import { createZodDto } from '../../http/zod-dto';
import { z } from 'zod';
import { AnyTime } from '../time.schemas';

/** The bodies of what is done to a task that exists. */

const reason = (otherwise: string) => z.object({ reason: text(500, 1).default(otherwise) });

export class CancelBodyDto extends createZodDto(reason('cancelled by request')) {}

export class PauseBodyDto extends createZodDto(reason('paused by request')) {}

export class RetryBodyDto extends createZodDto(
  z.object({
    /** Not given out before; default: at once. */
    not_before: AnyTime.optional(),
  }),
) {}

export class InputBodyDto extends createZodDto(
  z.object({ input: Json.refine((input) => input !== undefined, 'is required') }).meta({ example: { input: 'yes' } }),
) {}

export class AcceptResultBodyDto extends createZodDto(
  z.object({
    /** Of the lease under which the result came too late; default: the latest of them. */
    lease_token: z.string().toLowerCase().pipe(Id).optional(),
  }),
) {}
