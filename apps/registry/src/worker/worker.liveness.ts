import type { WorkerEvent } from '@ao/contracts';
import type { CommandShell } from '@ao/event-log';
import { assertNever } from '@ao/kernel';
import type { LivenessChange, LivenessKind } from '../liveness/liveness.kind';
import { LivenessService } from '../liveness/liveness.service';
import { markAgentsLostWhenWorkerLost } from './mark-agents-lost-when-worker-lost';
import { workerAggregate } from './worker.aggregate';

/** Which worker nodes are alive. */
export class WorkerLiveness extends LivenessService<WorkerEvent> {}

export const workerLiveness = (shell: CommandShell): LivenessKind<WorkerEvent> => ({
  category: 'worker',
  table: { name: 'telemetry.worker_liveness', key: 'worker_id' },
  follower: 'worker-liveness',
  reactions: [markAgentsLostWhenWorkerLost(shell)],
  view: 'worker-view',
  lock: 'registry.worker-liveness-sweep',
  metrics: { prefix: 'ao_registry_worker', registered: 'workers' },
  announced: false,
  changeOf: workerLivenessChange,
  change: (data, metadata) => shell.run(workerAggregate, data.id, { type: 'ChangeWorkerLiveness', data, metadata }),
});

/** What an event of a worker says of its liveness. */
export function workerLivenessChange(event: WorkerEvent): LivenessChange | undefined {
  const id = event.data.worker_id;
  switch (event.type) {
    case 'WorkerRegistered': {
      const { heartbeat_interval_seconds: interval_seconds, registered_at: seen_at } = event.data;
      return { id, registered: true, interval_seconds, liveness: 'online', seen_at };
    }
    case 'WorkerDetailsChanged':
      return { id, interval_seconds: event.data.heartbeat_interval_seconds, seen_at: event.data.changed_at };
    case 'WorkerCameOnline':
      return { id, liveness: 'online', seen_at: event.data.at };
    case 'WorkerDegraded':
      return { id, liveness: 'degraded', silence: event.data };
    case 'WorkerWentOffline':
      return { id, liveness: 'offline', silence: event.data };
    case 'WorkerApproved':
    case 'WorkerRejected':
      return undefined;
    default:
      return assertNever(event);
  }
}
