import { workerAgentsEvents, schemaVersionsOf, type WorkerAgentsEvent } from '@ao/contracts';
import { createTurns, type Aggregate, type CommandResult, type CommandShell, type StreamAppend } from '@ao/event-log';
import { accept, isRejection, reject, streamId, type Command, type Rejection } from '@ao/kernel';
import { agentAggregate } from '../agent/agent.aggregate';
import { workerAggregate } from './worker.aggregate';

const PLACES_MOVED = 'worker_agents_moved';
/** Each turn means that another replica placed an agent on the same worker meanwhile. */
const MOST_TURNS = 20;
const inTurn = createTurns();

/** Stream `workeragents-<worker id>`: who runs there. Has no commands of its own: written in the unit that moves the agent. */
const workerAgentsAggregate: Aggregate<ReadonlySet<string>, Command, WorkerAgentsEvent> = {
  category: 'workeragents',
  decider: {
    initialState: () => new Set(),
    evolve: (agents, { type, data }) => {
      const after = new Set(agents);
      if (type === 'WorkerAgentPlaced') after.add(data.agent_id);
      else after.delete(data.agent_id);
      return after;
    },
    decide: () => accept([]),
  },
  schemaVersions: schemaVersionsOf(workerAgentsEvents),
};

/** Where an agent is to run: on a worker, on none (null), or where it is (undefined). */
export interface Placement {
  readonly agent_id: string;
  readonly to: string | null | undefined;
}

/** The agents that are placed on a worker, as the log has it now. */
export async function agentsOnWorker(shell: Pick<CommandShell, 'state'>, workerId: string): Promise<readonly string[]> {
  const { state } = await shell.state(workerAgentsAggregate, workerId, { fresh: true });
  return [...state];
}

/**
 * Runs a command that puts an agent on a worker, moves it to another one or takes it away. `run` appends `also` in the
 * unit of its command, so a worker never has more agents than it takes, however many are placed at once. Its `onConflict`
 * answers `placesMoved()` for the streams that `isPlaces` knows: then it is run again.
 */
export async function withPlace<Result>(
  shell: CommandShell,
  { agent_id, to }: Placement,
  run: (also: readonly StreamAppend[]) => Promise<CommandResult<Result>>,
): Promise<CommandResult<Result>> {
  if (to === undefined) return run([]);
  return inTurn(to ?? agent_id, async () => {
    for (let turn = 1; ; turn += 1) {
      const refusal = to === null ? undefined : await whyNotOn(shell, to, agent_id);
      // What was done already must get its first answer when it is asked for again, and only the log knows that: the
      // command is run on a condition that cannot hold.
      const result = await run(refusal ? [never(to)] : await appendsOf(shell, agent_id, to));
      if (!isRejection(result) || result.code !== PLACES_MOVED) return result;
      if (refusal || turn === MOST_TURNS) return refusal ?? result;
    }
  });
}

export const isPlaces = (stream: string): boolean => stream.startsWith(`${workerAgentsAggregate.category}-`);

/** The refusal that `withPlace` knows as a race with another replica. */
export function placesMoved(): Rejection {
  return reject('conflict', PLACES_MOVED, 'Expected the agents of the worker to be as they were, but they changed');
}

async function appendsOf(shell: CommandShell, agent_id: string, to: string | null): Promise<StreamAppend[]> {
  const { state: agent } = await shell.state(agentAggregate, agent_id, { fresh: true });
  const from = agent.status === 'registered' ? agent.profile.details.worker_id : null;
  if (from === to) return [];
  const appends: StreamAppend[] = [];
  if (from !== null) {
    const { state, version } = await shell.state(workerAgentsAggregate, from, { fresh: true });
    if (state.has(agent_id)) appends.push(append('WorkerAgentRemoved', { worker_id: from, agent_id }, version));
  }
  if (to !== null) {
    const { version } = await shell.state(workerAgentsAggregate, to, { fresh: true });
    appends.push(append('WorkerAgentPlaced', { worker_id: to, agent_id }, version));
  }
  return appends;
}

async function whyNotOn(shell: CommandShell, workerId: string, agentId: string): Promise<Rejection | undefined> {
  const { state: agents } = await shell.state(workerAgentsAggregate, workerId, { fresh: true });
  const { state } = await shell.state(workerAggregate, workerId, { fresh: true });
  const expected = `Expected to place agent '${agentId}' on worker '${workerId}', but`;
  if (state.status === 'unregistered')
    return reject('invalid', 'worker_not_found', `${expected} it is not registered`, '/worker_id');
  const { approval, max_agents } = state.worker;
  if (approval !== 'approved')
    return reject('conflict', 'worker_not_approved', `${expected} it is ${approval}`, '/worker_id');
  if (agents.size >= max_agents && !agents.has(agentId))
    return reject('conflict', 'worker_full', `${expected} it has its ${max_agents} agents already`, '/worker_id');
  return undefined;
}

/** A version that no stream reaches. */
function never(workerId: string | null): StreamAppend {
  const stream_id = streamId(workerAgentsAggregate.category, workerId ?? '');
  return { stream_id, expected_version: 2_147_483_647, events: [] };
}

function append(
  type: WorkerAgentsEvent['type'],
  data: WorkerAgentsEvent['data'],
  expected_version: number,
): StreamAppend {
  const { category, schemaVersion: schema_version } = workerAgentsEvents[type];
  return { stream_id: streamId(category, data.worker_id), expected_version, events: [{ type, schema_version, data }] };
}
