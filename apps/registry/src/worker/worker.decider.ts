import type { ApproveWorker, RegisterWorker, WorkerEvent } from '@ao/contracts';
import { accept, assertNever, reject, type Command, type Decider, type Decision } from '@ao/kernel';
import type { LivenessTransition } from '../liveness/liveness.kind';
import { later, stepsOfSilence, type Liveness } from '../liveness/liveness.rules';
import {
  detailsOf,
  evolveWorkerState,
  initialWorkerState,
  type RegisteredWorker,
  type WorkerState,
} from './worker.state';

export type RegisterWorkerCommand = Command<'RegisterWorker', RegisterWorker & { readonly worker_id: string }>;
export type ApproveWorkerCommand = Command<'ApproveWorker', ApproveWorker>;
/** From the sweep, or from a beat of a worker that is not online: asks for a transition, which is checked again here. */
export type ChangeWorkerLivenessCommand = Command<'ChangeWorkerLiveness', LivenessTransition>;
export type WorkerCommand = RegisterWorkerCommand | ApproveWorkerCommand | ChangeWorkerLivenessCommand;

const FIRST_GROUP = 'default';

export const workerDecider: Decider<WorkerState, WorkerCommand, WorkerEvent> = {
  initialState: initialWorkerState,
  evolve: evolveWorkerState,
  decide(command, state): Decision<WorkerEvent> {
    switch (command.type) {
      case 'RegisterWorker':
        return register(command, state);
      case 'ApproveWorker':
        if (state.status === 'unregistered') return unknownWorker('approve', command.data.worker_id);
        return approve(command, state);
      case 'ChangeWorkerLiveness':
        if (state.status === 'unregistered') return unknownWorker('change the liveness of', command.data.id);
        return changeLiveness(command, state);
      default:
        return assertNever(command);
    }
  },
};

/** The refusal for a worker that no stream tells of. */
export function unknownWorker(verb: string, workerId: string) {
  return reject('not_found', 'worker_not_found', `Expected to ${verb} worker '${workerId}', but it is not registered`);
}

function register({ data, metadata }: RegisterWorkerCommand, state: WorkerState): Decision<WorkerEvent> {
  const { worker_id } = data;
  const details = detailsOf(data);
  const at = metadata.time;
  if (state.status === 'unregistered')
    return accept([{ type: 'WorkerRegistered', data: { ...details, worker_id, registered_at: at } }], {
      ...{ worker_id, registered_at: at, created: true },
    });
  const isSame = JSON.stringify(details) === JSON.stringify(detailsOf(state.worker));
  const changed: WorkerEvent[] = isSame
    ? []
    : [{ type: 'WorkerDetailsChanged', data: { ...details, worker_id, changed_at: at } }];
  const { registered_at } = state.worker;
  return accept([...changed, ...signOfLife(state, at)], { worker_id, registered_at, created: false });
}

function approve({ data, metadata }: ApproveWorkerCommand, { worker }: RegisteredWorker): Decision<WorkerEvent> {
  const { worker_id } = worker;
  const at = metadata.time;
  if (!data.is_approved)
    return accept(worker.approval === 'rejected' ? [] : [{ type: 'WorkerRejected', data: { worker_id, at } }], {
      worker_id,
    });
  const group = data.group ?? worker.group ?? FIRST_GROUP;
  const isSame = worker.approval === 'approved' && worker.group === group;
  return accept(isSame ? [] : [{ type: 'WorkerApproved', data: { worker_id, group, at } }], { worker_id });
}

function changeLiveness(
  { data, metadata }: ChangeWorkerLivenessCommand,
  state: RegisteredWorker,
): Decision<WorkerEvent> {
  const { worker, alive_at } = state;
  const at = metadata.time;
  if (data.liveness === 'online') return accept(signOfLife(state, at));
  const last_heartbeat = later(data.last_heartbeat ?? worker.registered_at, alive_at);
  const silentMs = Date.parse(at) - Date.parse(later(data.silent_since, alive_at));
  const steps = stepsOfSilence(worker.liveness, data.liveness, silentMs, worker.heartbeat_interval_seconds);
  return accept(steps.map((liveness) => silenceEvent(liveness, worker.worker_id, at, last_heartbeat)));
}

function silenceEvent(liveness: Liveness, worker_id: string, at: string, last_heartbeat: string): WorkerEvent {
  switch (liveness) {
    case 'degraded':
      return { type: 'WorkerDegraded', data: { worker_id, at, last_heartbeat } };
    case 'offline':
      return { type: 'WorkerWentOffline', data: { worker_id, at, last_heartbeat } };
    case 'online':
      return { type: 'WorkerCameOnline', data: { worker_id, at } };
    default:
      return assertNever(liveness);
  }
}

function signOfLife({ worker: { worker_id, liveness } }: RegisteredWorker, at: string): WorkerEvent[] {
  return liveness === 'online' ? [] : [{ type: 'WorkerCameOnline', data: { worker_id, at } }];
}
