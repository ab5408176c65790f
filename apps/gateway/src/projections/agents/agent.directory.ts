import { ExternalId, resolveAgent, type AgentAliasEvent } from '@ao/contracts';
import type { RunningSubscription, Subscriptions } from '@ao/event-log';
import { prefixedId, readId } from '@ao/kernel';
import type { CommandPath } from '../../commands/command-path';
import type { Caller } from '../../http/call';
import { Problem } from '../../http/problem';
import type { AgentQueries } from './agent.queries';

const PREFIX = 'agent';
/** The oldest are forgotten only to bound the memory. */
const MAX_KNOWN = 100_000;

export interface AgentDirectoryDependencies {
  readonly agents: Pick<AgentQueries, 'idOfAlias' | 'find'>;
  readonly commands: Pick<CommandPath, 'query'>;
  readonly subscriptions: Subscriptions;
  /** The position the log has reached. */
  readonly head: () => Promise<number>;
}

/** Turns the id in a path or body, a UUID, a prefixed one or the caller's own, into the agent's id. */
export class AgentDirectory {
  private readonly known = new Map<string, string>();
  private following: Promise<RunningSubscription> | undefined;

  constructor(private readonly dependencies: AgentDirectoryDependencies) {}

  /** Hears of aliases that change hands: an agent that is deleted gives back its own. */
  async start(): Promise<void> {
    const { subscriptions, head } = this.dependencies;
    this.following ??= subscriptions.local({
      name: 'agent-directory',
      categories: ['agentalias'],
      seed: async () => {
        const position = await head();
        this.known.clear();
        return position;
      },
      handle: (events) => {
        for (const event of events) this.apply(event as unknown as AgentAliasEvent);
      },
    });
    await this.following;
  }

  /** A UUID is taken at its word: whether there is such an agent is for the one who acts on it to say. */
  async idOf(caller: Caller, idOrAlias: string): Promise<string | undefined> {
    const own = ownId(idOrAlias);
    if (own !== undefined) return own;
    if (!ExternalId.safeParse(idOrAlias).success) return undefined;
    const remembered = this.known.get(idOrAlias);
    if (remembered !== undefined) return remembered;
    const found = (await this.dependencies.agents.idOfAlias(idOrAlias)) ?? (await this.ask(caller, idOrAlias));
    if (found !== undefined) this.remember(idOrAlias, found);
    return found;
  }

  /** @throws Problem 404, with the pointer of where the id stood */
  async require(caller: Caller, idOrAlias: string, pointer = '/path/agent_id'): Promise<string> {
    const id = await this.idOf(caller, idOrAlias);
    if (id === undefined) throw agentNotFound(pointer);
    return id;
  }

  /** As `idOf`, of an agent that there is: what names no other would wait for ever. */
  async existing(caller: Caller, idOrAlias: string): Promise<string | undefined> {
    const own = ownId(idOrAlias);
    if (own === undefined) return this.idOf(caller, idOrAlias);
    return (await this.dependencies.agents.find(own)) && own;
  }

  /** The registry knows an alias before the model does. */
  private async ask(caller: Caller, alias: string): Promise<string | undefined> {
    const { agent_id } = await this.dependencies.commands.query(caller, resolveAgent, { external_id: alias });
    return agent_id ?? undefined;
  }

  private apply({ type, data }: AgentAliasEvent): void {
    if (type === 'AgentAliasReleased') this.known.delete(data.external_id);
    else this.remember(data.external_id, data.agent_id);
  }

  private remember(alias: string, id: string): void {
    if (this.known.size >= MAX_KNOWN) {
      const oldest = this.known.keys().next();
      if (!oldest.done) this.known.delete(oldest.value);
    }
    this.known.set(alias, id);
  }
}

/** An id of ours, as it is or prefixed; undefined: somebody's own id, or none. */
export const ownId = (text: string): string | undefined => readId(text, PREFIX);

/** The id as the operations face writes it. */
export const prefixedAgentId = (id: string) => prefixedId(PREFIX, id);

/** The coordinator's document promises exactly this sentence. */
export function agentNotFound(pointer: string): Problem {
  return new Problem(404, 'agent_not_found', 'Agent not found', { errors: [{ pointer, message: 'names no agent' }] });
}
