import type {
  changeAgent,
  ChangeAgent,
  createAgent,
  CreateAgent,
  deregisterAgent,
  DeregisterAgent,
} from '@ao/contracts';
import type { CommandResult, CommandShell, StreamAppend } from '@ao/event-log';
import { isRejection, newId, reject, type CommandMetadata } from '@ao/kernel';
import type { Answer } from '@ao/messaging';
import { agentAliases } from '../agent-alias/agent-aliases';
import { agentNames } from '../agent-name/agent-names';
import { agentAggregate } from './agent.aggregate';
import type { RegisteredAgent } from './agent.state';
import { isPlaces, placesMoved, withPlace, type Placement } from '../worker/worker-agents';

const NAMES_MOVED = 'agent_names_moved';
/** Each turn means that somebody else got on with the names in question. */
const MOST_TURNS = 5;

/** Whoever makes it says what it is; under which id is for the log to say. */
export function runCreateAgent(
  shell: CommandShell,
  profile: CreateAgent,
  metadata: CommandMetadata,
): Answer<typeof createAgent> {
  const agent_id = newId();
  const command = {
    type: 'CreateAgent' as const,
    data: { agent_id, profile, lifecycle: 'initializing' as const },
    metadata,
  };
  return withPlace(shell, { agent_id, to: profile.details?.worker_id ?? undefined }, (also) =>
    shell.run(agentAggregate, agent_id, command, { payload: profile, isNew: true, also, onConflict: placesMoved }),
  );
}

/** An enrolled agent takes its reservation with it when it gets another name; other agents' names are nobody's own. */
export function runChangeAgent(
  shell: CommandShell,
  data: ChangeAgent,
  metadata: CommandMetadata,
): Answer<typeof changeAgent> {
  const { agent_id } = data;
  const { name, details } = data.changes;
  return inTurns(shell, { agent_id, to: details?.worker_id }, async (places) => {
    const also: StreamAppend[] = [...places];
    const agent = await registered(shell, agent_id);
    if (agent && name !== undefined && name !== agent.profile.name) {
      const from = await agentNames.holder(shell, agent.profile.name);
      if (from.holder === agent_id) {
        const to = await agentNames.holder(shell, name);
        if (to.holder !== undefined && to.holder !== agent_id) return nameTaken('rename', agent_id, name);
        also.push(
          agentNames.append('AgentNameReleased', { name: agent.profile.name, agent_id }, from.version),
          agentNames.append('AgentNameReserved', { name, agent_id }, to.version),
        );
      }
    }
    return shell.run(agentAggregate, agent_id, { type: 'ChangeAgent', data, metadata }, { also, onConflict: moved });
  });
}

/** The agent, the caller's own id and its name end as one unit: there is no moment in which a dead agent holds them. */
export function runDeregisterAgent(
  shell: CommandShell,
  data: DeregisterAgent,
  metadata: CommandMetadata,
): Answer<typeof deregisterAgent> {
  const { agent_id } = data;
  return inTurns(shell, { agent_id, to: null }, async (places) => {
    const also: StreamAppend[] = [...places];
    const agent = await registered(shell, agent_id);
    if (agent) {
      const { external_id, profile } = agent;
      const held = await agentNames.holder(shell, profile.name);
      if (held.holder === agent_id)
        also.push(agentNames.append('AgentNameReleased', { name: profile.name, agent_id }, held.version));
      if (external_id !== null) {
        const { version } = await agentAliases.holder(shell, external_id);
        also.push(agentAliases.append('AgentAliasReleased', { external_id, agent_id }, version));
      }
    }
    const command = { type: 'DeregisterAgent' as const, data, metadata };
    return shell.run(agentAggregate, agent_id, command, { also, onConflict: moved });
  });
}

/** The refusal for a name that another enrolled agent holds. */
export function nameTaken(verb: string, agentId: string, name: string) {
  return reject(
    'conflict',
    'agent_name_taken',
    `Expected to ${verb} agent '${agentId}', but another one has the name '${name}'`,
    '/name',
  );
}

async function registered(shell: CommandShell, agentId: string): Promise<RegisteredAgent | undefined> {
  const { state } = await shell.state(agentAggregate, agentId, { fresh: true });
  return state.status === 'registered' ? state : undefined;
}

function inTurns<Result>(
  shell: CommandShell,
  placement: Placement,
  run: (places: readonly StreamAppend[]) => Promise<CommandResult<Result>>,
): Promise<CommandResult<Result>> {
  return withPlace(shell, placement, async (places) => {
    for (let turn = 1; ; turn += 1) {
      const result = await run(places);
      if (!isRejection(result) || result.code !== NAMES_MOVED || turn === MOST_TURNS) return result;
    }
  });
}

function moved(stream: string) {
  if (isPlaces(stream)) return placesMoved();
  return reject(
    'conflict',
    NAMES_MOVED,
    'Expected the names of the agent to be as they were, but they changed meanwhile',
  );
}
