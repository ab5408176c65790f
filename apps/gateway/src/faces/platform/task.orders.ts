import type { TaskChanges, TaskCredential, TaskOrder, TaskRequirements } from '@ao/contracts';
import { readId } from '@ao/kernel';
import type { Call } from '../../http/call';
import { forbidden, invalidField } from '../../http/problem';
import { agentNotFound, type AgentDirectory } from '../../projections/agents/agent.directory';
import type { SecretQueries } from '../../projections/secrets/secret.queries';
import { taskId } from '../task-id';
import { notFound } from './path-id';
import {
  MOST_CAPABILITIES,
  type CredentialBody,
  type RequirementsBody,
  type TaskBody,
  type TaskChangesBody,
} from './task-order.schemas';

export interface TaskOrderDependencies {
  readonly directory: Pick<AgentDirectory, 'existing'>;
  readonly secrets: Pick<SecretQueries, 'find' | 'findNamed'>;
}

/** From what a submitter writes to what is submitted: names of agents, tasks and secrets become their ids. */
export class TaskOrders {
  constructor(private readonly dependencies: TaskOrderDependencies) {}

  /** @throws Problem 404 with the pointer of what names nothing; 403 for credentials without the permission */
  async orderOf(call: Call, body: TaskBody, pointer: string): Promise<TaskOrder> {
    const { agent_id, required_tools, depends_on, credentials, ...asked } = body;
    const requirements = withTools(body.requirements, required_tools, `${pointer}/required_tools`);
    const agent = agent_id ?? requirements.agent_id;
    const at = agent_id === undefined ? '/requirements/agent_id' : '/agent_id';
    const order = { ...asked, requirements };
    if (agent !== undefined)
      order.requirements = { ...requirements, agent_id: await this.agentOf(call, agent, pointer + at) };
    return {
      ...order,
      ...(depends_on && { depends_on: taskIds(depends_on, `${pointer}/depends_on`) }),
      ...(credentials && { credentials: await this.credentialsOf(call, credentials, `${pointer}/credentials`) }),
    };
  }

  /** An agent that there is. @throws Problem 404 */
  async agentOf(call: Call, agent: string, pointer: string): Promise<string> {
    const id = await this.dependencies.directory.existing(call, agent);
    if (id === undefined) throw agentNotFound(pointer);
    return id;
  }

  /** @param current what the task requires now, asked for only when part of it changes */
  async changesOf(call: Call, body: TaskChangesBody, current: () => Promise<TaskRequirements>): Promise<TaskChanges> {
    const { requirements, required_tools, agent_id, ...changes } = body;
    if (requirements === undefined && required_tools === undefined && agent_id === undefined) return changes;
    const { agent_id: before, ...rest } = requirements ?? (await current());
    const known = requirements === undefined && required_tools ? { ...rest, capabilities: [] } : rest;
    const after = withTools(known, required_tools, '/required_tools');
    const agent = agent_id === undefined ? before : agent_id;
    if (agent === undefined || agent === null) return { ...changes, requirements: after };
    const pointer = agent_id === undefined ? '/requirements/agent_id' : '/agent_id';
    return { ...changes, requirements: { ...after, agent_id: await this.agentOf(call, agent, pointer) } };
  }

  /** An agent is told the values, and whoever may submit for it could have it tell them: so it takes the vault's own permission. */
  private async credentialsOf(
    { principal }: Call,
    credentials: readonly CredentialBody[],
    pointer: string,
  ): Promise<TaskCredential[]> {
    if (!principal.permissions.has('secrets:manage')) throw forbidden('secrets:manage');
    return Promise.all(
      credentials.map(async ({ name, secret, version }, index) => {
        const { secrets } = this.dependencies;
        const id = readId(secret);
        const found = id === undefined ? await secrets.findNamed(secret) : await secrets.find(id);
        if (!found) throw notFound('Secret', `${pointer}/${index}/secret`);
        if (version !== undefined && version > found.version)
          throw invalidField(`${pointer}/${index}/version`, `must not be later than ${found.version}`);
        return { name, secret_id: found.secret_id, ...(version !== undefined && { version }) };
      }),
    );
  }
}

/** @throws Problem 422 when these are more than an agent is looked for by */
function withTools<R extends RequirementsBody>(
  requirements: R,
  tools: readonly string[] | undefined,
  pointer: string,
): R {
  if (!tools) return requirements;
  const capabilities = [...new Set([...requirements.capabilities, ...tools])];
  if (capabilities.length > MOST_CAPABILITIES)
    throw invalidField(pointer, `must not make more than ${MOST_CAPABILITIES} capabilities with those required`);
  return { ...requirements, capabilities };
}

function taskIds(references: readonly string[], pointer: string): string[] {
  const ids = references.map((reference, index) => taskId(reference, `${pointer}/${index}`));
  if (new Set(ids).size < ids.length) throw invalidField(pointer, 'must not name a task twice');
  return ids;
}
