import { evolveWorker, workerStatus, type WorkerDocument, type WorkerEvent } from '@ao/contracts';
import type { RecordedEvent } from '@ao/event-log';
import { idOf } from '@ao/kernel';
import type { Projection } from '@ao/projections';

export const WORKERS = 'workers';

/** One row per worker node. */
export const workerProjection: Projection<WorkerDocument> = {
  name: WORKERS,
  version: 1,
  categories: ['worker'],
  table: 'read_models.workers',
  key: (event) => idOf(event.stream_id),
  evolve: (worker, event) => evolveWorker(worker, event as RecordedEvent & WorkerEvent),
  columns: (worker) => ({ status: workerStatus(worker), worker_group: worker.group, max_agents: worker.max_agents }),
};
