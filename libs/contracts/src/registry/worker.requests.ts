import { z } from 'zod';
import { command, type DataOf } from '../contract';
import { Id, Time, Word } from '../text';
import { WorkerDetails } from './worker';

/** Registers a worker node, or renews the registration that its name has on its host (idempotent). */
export const registerWorker = command(
  'registry.register_worker',
  WorkerDetails,
  z.object({ worker_id: Id, registered_at: Time, created: z.boolean() }),
);
export type RegisterWorker = DataOf<typeof registerWorker>;

/** Lets a worker take agents, or not. Without a group it keeps the one it has; the first is `default`. */
export const approveWorker = command(
  'registry.approve_worker',
  z.object({ worker_id: Id, is_approved: z.boolean(), group: Word.optional() }),
  z.object({ worker_id: Id }),
);
export type ApproveWorker = DataOf<typeof approveWorker>;

const Percent = z.number().min(0).max(100);

/** One beat of a worker node; it writes no event unless it ends a silence. */
export const recordWorkerHeartbeat = command(
  'registry.record_worker_heartbeat',
  z.object({
    worker_id: Id,
    cpu_usage_percent: Percent.optional(),
    memory_usage_percent: Percent.optional(),
    disk_usage_percent: Percent.optional(),
  }),
  z.object({ received_at: Time, heartbeat_interval_seconds: z.number() }),
);
export type RecordWorkerHeartbeat = DataOf<typeof recordWorkerHeartbeat>;
