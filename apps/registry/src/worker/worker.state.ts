import type { WorkerDetails, WorkerDocument, WorkerEvent } from '@ao/contracts';
import { evolveWorker } from '@ao/contracts';

/** What deciding about a worker needs to know. */
export type WorkerState =
  | { readonly status: 'unregistered' }
  | {
      readonly status: 'registered';
      readonly worker: WorkerDocument;
      /** The newest sign of life that the log itself tells; beats without an event are telemetry and may be newer. */
      readonly alive_at: string;
    };
export type RegisteredWorker = Extract<WorkerState, { status: 'registered' }>;

export const initialWorkerState = (): WorkerState => ({ status: 'unregistered' });

export function evolveWorkerState(state: WorkerState, event: WorkerEvent): WorkerState {
  const known = state.status === 'registered' ? state : undefined;
  const worker = evolveWorker(known?.worker, event);
  if (!worker) return state;
  return { status: 'registered', worker, alive_at: signOfLifeIn(event) ?? known?.alive_at ?? worker.registered_at };
}

function signOfLifeIn(event: WorkerEvent): string | undefined {
  switch (event.type) {
    case 'WorkerRegistered':
      return event.data.registered_at;
    case 'WorkerDetailsChanged':
      return event.data.changed_at;
    case 'WorkerCameOnline':
      return event.data.at;
    default:
      return undefined;
  }
}

/** The details' own keys, in one order, whatever else the source carries. */
export function detailsOf(source: WorkerDetails): WorkerDetails {
  return {
    name: source.name,
    hostname: source.hostname,
    ip_address: source.ip_address,
    max_agents: source.max_agents,
    cpu_cores: source.cpu_cores,
    memory_total_mb: source.memory_total_mb,
    os_info: source.os_info,
    heartbeat_interval_seconds: source.heartbeat_interval_seconds,
  };
}
