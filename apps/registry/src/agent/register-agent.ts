import type { RegisterAgent, RegisterAgentResult } from '@ao/contracts';
import type { CommandResult, CommandShell, StreamAppend } from '@ao/event-log';
import { isRejection, newId, reject, type CommandMetadata } from '@ao/kernel';
import { agentAliases } from '../agent-alias/agent-aliases';
import { agentAggregate } from './agent.aggregate';

const ALIAS_MOVED = 'alias_taken';
/** An alias may be taken and given back under our eyes; each turn means that somebody else got on. */
const MOST_TURNS = 5;

/**
 * Registers under the caller's own id. The first registration appends the agent and the reservation of its id as one
 * unit; of many at once one wins, and the others find its agent and register there again, which changes nothing. Where
 * an agent under that id is gone, the id is free for another.
 */
export async function runRegisterAgent(
  shell: CommandShell,
  data: RegisterAgent,
  metadata: CommandMetadata,
): Promise<CommandResult<RegisterAgentResult>> {
  const { external_id } = data;
  for (let turn = 1; ; turn += 1) {
    const { holder, version } = await agentAliases.holder(shell, external_id);
    const agent_id = holder ?? newId();
    const also =
      holder === undefined ? [agentAliases.append('AgentAliasReserved', { external_id, agent_id }, version)] : [];
    const result = await register(shell, agent_id, data, metadata, also);
    const moved = isRejection(result) && (result.code === ALIAS_MOVED || result.rejection === 'not_found');
    if (!moved || turn === MOST_TURNS) return result;
  }
}

function register(
  shell: CommandShell,
  agent_id: string,
  data: RegisterAgent,
  metadata: CommandMetadata,
  also: readonly StreamAppend[],
): Promise<CommandResult<RegisterAgentResult>> {
  return shell.run(
    agentAggregate,
    agent_id,
    { type: 'RegisterAgent', data: { ...data, agent_id }, metadata },
    {
      also,
      // The id made up here is no part of what the sender asked for.
      payload: data,
      onConflict: () =>
        reject(
          'conflict',
          ALIAS_MOVED,
          `Expected to register agent '${data.external_id}', but another registration won`,
        ),
    },
  );
}
