import { z } from 'zod';
import { event, type EventOf } from '../contract';
import { Id, Time, Word, text } from '../text';

/** What a worker node says of itself. */
export const WorkerDetails = z.object({
  name: text(200, 1),
  hostname: text(253, 1),
  /** A machine's, not a person's: it is shown to operators as it is. */
  ip_address: z.union([z.ipv4(), z.ipv6()]),
  /** How many agents may be placed on it. */
  max_agents: z.int().min(1).max(10_000),
  cpu_cores: z.int().min(1).max(65_536),
  memory_total_mb: z.int().min(1).max(1_000_000_000),
  os_info: text(500),
  /** Seconds between heartbeats. */
  heartbeat_interval_seconds: z.number().min(0.2).max(3600),
});
export type WorkerDetails = z.infer<typeof WorkerDetails>;

const CATEGORY = 'worker';

/** The worker aggregate, a machine that agents run on: stream `worker-<uuid>`. */
export const workerEvents = {
  /** Pending until somebody approves it. */
  WorkerRegistered: event(
    CATEGORY,
    'WorkerRegistered',
    1,
    WorkerDetails.extend({ worker_id: Id, registered_at: Time }),
  ),
  /** Registered again under the same name and hostname, with other details. Always all of them. */
  WorkerDetailsChanged: event(
    CATEGORY,
    'WorkerDetailsChanged',
    1,
    WorkerDetails.extend({ worker_id: Id, changed_at: Time }),
  ),
  /** Takes agents, in this group; again with another group when it is moved. */
  WorkerApproved: event(CATEGORY, 'WorkerApproved', 1, z.object({ worker_id: Id, group: Word, at: Time })),
  WorkerRejected: event(CATEGORY, 'WorkerRejected', 1, z.object({ worker_id: Id, at: Time })),
  /** Liveness transitions, derived from heartbeats. */
  WorkerCameOnline: event(CATEGORY, 'WorkerCameOnline', 1, z.object({ worker_id: Id, at: Time })),
  WorkerDegraded: event(CATEGORY, 'WorkerDegraded', 1, z.object({ worker_id: Id, at: Time, last_heartbeat: Time })),
  WorkerWentOffline: event(
    CATEGORY,
    'WorkerWentOffline',
    1,
    z.object({ worker_id: Id, at: Time, last_heartbeat: Time }),
  ),
} as const;
export type WorkerEvent = EventOf<typeof workerEvents>;

/** Which worker is meant by a name on a host: stream `workername-<derivedId('worker-name', hostname, name)>`. */
export const workerNameEvents = {
  WorkerNameReserved: event(
    'workername',
    'WorkerNameReserved',
    1,
    WorkerDetails.pick({ name: true, hostname: true }).extend({ worker_id: Id }),
  ),
} as const;
export type WorkerNameEvent = EventOf<typeof workerNameEvents>;

/** Which agents run on a worker: stream `workeragents-<worker id>`, written in the unit that changes the agent. */
export const workerAgentsEvents = {
  WorkerAgentPlaced: event('workeragents', 'WorkerAgentPlaced', 1, z.object({ worker_id: Id, agent_id: Id })),
  WorkerAgentRemoved: event('workeragents', 'WorkerAgentRemoved', 1, z.object({ worker_id: Id, agent_id: Id })),
} as const;
export type WorkerAgentsEvent = EventOf<typeof workerAgentsEvents>;

/** A worker as the log tells it; beats and their percentages are telemetry, joined later. */
export const WorkerDocument = WorkerDetails.extend({
  worker_id: Id,
  registered_at: Time,
  approval: z.enum(['pending', 'approved', 'rejected']),
  /** Null until it was approved for the first time. */
  group: Word.nullable(),
  liveness: z.enum(['online', 'degraded', 'offline']),
});
export type WorkerDocument = z.infer<typeof WorkerDocument>;

/** One word for both: whether it may work, and if so whether it is there. */
export function workerStatus({ approval, liveness }: Pick<WorkerDocument, 'approval' | 'liveness'>) {
  return approval === 'approved' ? liveness : approval;
}

/** The worker document after one more event. Pure; an unknown event leaves the document as it is. */
export function evolveWorker(worker: WorkerDocument | undefined, event: WorkerEvent): WorkerDocument | undefined {
  if (event.type === 'WorkerRegistered') return { ...event.data, approval: 'pending', group: null, liveness: 'online' };
  if (!worker) return worker;
  switch (event.type) {
    case 'WorkerDetailsChanged': {
      const { changed_at: _changedAt, ...details } = event.data;
      return { ...worker, ...details };
    }
    case 'WorkerApproved':
      return { ...worker, approval: 'approved', group: event.data.group };
    case 'WorkerRejected':
      return { ...worker, approval: 'rejected' };
    case 'WorkerCameOnline':
      return { ...worker, liveness: 'online' };
    case 'WorkerDegraded':
      return { ...worker, liveness: 'degraded' };
    case 'WorkerWentOffline':
      return { ...worker, liveness: 'offline' };
    default:
      return worker;
  }
}
