import type { RegisterAgent, RegisterAgentResult } from '@ao/contracts';
import type { CommandResult, CommandShell } from '@ao/event-log';
import { isRejection, newId, reject, type CommandMetadata } from '@ao/kernel';
import { agentAliasAggregate, reserveAlias } from '../agent-alias/agent-alias.aggregate';
import { agentAliasId } from '../agent-alias/agent-alias.state';
import { agentAggregate } from './agent.aggregate';

const ALIAS_TAKEN = 'alias_taken';

/**
 * Registers under the caller's own id. The first registration appends the agent and the reservation of its id as one
 * unit; of many at once one wins, and the others find its agent and register there again, which changes nothing.
 */
export async function runRegisterAgent(
  shell: CommandShell,
  data: RegisterAgent,
  metadata: CommandMetadata,
): Promise<CommandResult<RegisterAgentResult>> {
  const { external_id } = data;
  const holder = await agentOfAlias(shell, external_id);
  if (holder !== undefined) return register(shell, holder, data, metadata);

  const agent_id = newId();
  const result = await register(shell, agent_id, data, metadata, [reserveAlias(external_id, agent_id)]);
  if (!isRejection(result) || result.code !== ALIAS_TAKEN) return result;
  const winner = await agentOfAlias(shell, external_id);
  return winner === undefined ? result : register(shell, winner, data, metadata);
}

/** The agent behind a caller's own id, as the log has it now. */
export async function agentOfAlias(shell: CommandShell, externalId: string): Promise<string | undefined> {
  const { state } = await shell.state(agentAliasAggregate, agentAliasId(externalId), { fresh: true });
  return state.status === 'reserved' ? state.agent_id : undefined;
}

function register(
  shell: CommandShell,
  agent_id: string,
  data: RegisterAgent,
  metadata: CommandMetadata,
  also: ReturnType<typeof reserveAlias>[] = [],
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
          ALIAS_TAKEN,
          `Expected to register agent '${data.external_id}', but another registration won`,
        ),
    },
  );
}
