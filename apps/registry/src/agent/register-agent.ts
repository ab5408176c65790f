import type { RegisterAgent, RegisterAgentResult } from '@ao/contracts';
import type { CommandResult, CommandShell, StreamAppend } from '@ao/event-log';
import { isRejection, newId, reject, type CommandMetadata } from '@ao/kernel';
import { agentAliasAggregate, aliasAppend } from '../agent-alias/agent-alias.aggregate';
import { agentAliasId } from '../agent-alias/agent-alias.state';
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
    const { holder, version } = await holderOfAlias(shell, external_id);
    const agent_id = holder ?? newId();
    const also = holder === undefined ? [aliasAppend('AgentAliasReserved', { external_id, agent_id }, version)] : [];
    const result = await register(shell, agent_id, data, metadata, also);
    const moved = isRejection(result) && (result.code === ALIAS_MOVED || result.rejection === 'not_found');
    if (!moved || turn === MOST_TURNS) return result;
  }
}

/** The agent behind a caller's own id as the log has it now, and the version to expect of the alias's stream. */
export async function holderOfAlias(
  shell: Pick<CommandShell, 'state'>,
  externalId: string,
): Promise<{ readonly holder: string | undefined; readonly version: number }> {
  const { state, version } = await shell.state(agentAliasAggregate, agentAliasId(externalId), { fresh: true });
  return { holder: state.status === 'reserved' ? state.agent_id : undefined, version };
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
