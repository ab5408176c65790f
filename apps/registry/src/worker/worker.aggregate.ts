import {
  workerEvents,
  workerNameEvents,
  schemaVersionsOf,
  type WorkerEvent,
  type WorkerNameEvent,
} from '@ao/contracts';
import type { Aggregate, CommandResult, CommandShell } from '@ao/event-log';
import {
  accept,
  derivedId,
  isRejection,
  newId,
  reject,
  streamId,
  type Command,
  type CommandMetadata,
} from '@ao/kernel';
import type { RegisterWorker, registerWorker, ResultOf } from '@ao/contracts';
import { workerDecider, type WorkerCommand } from './worker.decider';
import type { WorkerState } from './worker.state';

type RegisterResult = CommandResult<ResultOf<typeof registerWorker>>;
const NAME_TAKEN = 'worker_name_taken';

/** Stream `worker-<uuid>`. */
export const workerAggregate: Aggregate<WorkerState, WorkerCommand, WorkerEvent> = {
  category: 'worker',
  decider: workerDecider,
  schemaVersions: schemaVersionsOf(workerEvents),
};

/** Stream `workername-<derived from host and name>`: which worker is meant. Has no commands of its own. */
const workerNameAggregate: Aggregate<{ readonly worker_id: string | undefined }, Command, WorkerNameEvent> = {
  category: 'workername',
  decider: {
    initialState: () => ({ worker_id: undefined }),
    evolve: (_state, event) => ({ worker_id: event.data.worker_id }),
    decide: () => accept([]),
  },
  schemaVersions: schemaVersionsOf(workerNameEvents),
};

type Named = Pick<RegisterWorker, 'name' | 'hostname'>;
const nameId = ({ name, hostname }: Named) => derivedId('worker-name', hostname, name);

/**
 * Registers under the name on its host. The first registration appends the worker and the reservation of its name as one
 * unit; of many at once one wins, and the others find its worker and register there again, which changes nothing.
 */
export async function runRegisterWorker(
  shell: CommandShell,
  data: RegisterWorker,
  metadata: CommandMetadata,
): Promise<RegisterResult> {
  const holder = await workerNamed(shell, data);
  if (holder !== undefined) return register(shell, holder, data, metadata);
  const result = await register(shell, newId(), data, metadata, { isFirst: true });
  if (!isRejection(result) || result.code !== NAME_TAKEN) return result;
  const winner = await workerNamed(shell, data);
  return winner === undefined ? result : register(shell, winner, data, metadata);
}

async function workerNamed(shell: CommandShell, named: Named): Promise<string | undefined> {
  const { state } = await shell.state(workerNameAggregate, nameId(named), { fresh: true });
  return state.worker_id;
}

function register(
  shell: CommandShell,
  worker_id: string,
  data: RegisterWorker,
  metadata: CommandMetadata,
  { isFirst = false } = {},
): Promise<RegisterResult> {
  const { name, hostname } = data;
  const { category, type, schemaVersion: schema_version } = workerNameEvents.WorkerNameReserved;
  const reservation = {
    stream_id: streamId(category, nameId(data)),
    expected_version: 0,
    events: [{ type, schema_version, data: { name, hostname, worker_id } }],
  };
  return shell.run(
    workerAggregate,
    worker_id,
    { type: 'RegisterWorker', data: { ...data, worker_id }, metadata },
    {
      // The id made up here is no part of what the sender asked for.
      payload: data,
      ...(isFirst && { also: [reservation], isNew: true }),
      onConflict: () =>
        reject(
          'conflict',
          NAME_TAKEN,
          `Expected to register worker '${name}' on '${hostname}', but another registration won`,
        ),
    },
  );
}
