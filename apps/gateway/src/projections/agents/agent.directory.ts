import { ExternalId, resolveAgent } from '@ao/contracts';
import type { CommandPath } from '../../commands/command-path';
import type { Caller } from '../../http/call';
import { Problem } from '../../http/problem';
import type { AgentQueries } from './agent.queries';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** Aliases are reserved for ever, so what is known stays true; the oldest are forgotten only to bound the memory. */
const MAX_KNOWN = 100_000;

/** Turns the id in a path or body, a UUID or the caller's own, into the agent's id. */
export class AgentDirectory {
  private readonly known = new Map<string, string>();

  constructor(
    private readonly agents: AgentQueries,
    private readonly commands: CommandPath,
  ) {}

  /** A UUID is taken at its word: whether there is such an agent is for the one who acts on it to say. */
  async idOf(caller: Caller, idOrAlias: string): Promise<string | undefined> {
    if (UUID.test(idOrAlias)) return idOrAlias.toLowerCase();
    if (!ExternalId.safeParse(idOrAlias).success) return undefined;
    const known =
      this.known.get(idOrAlias) ?? (await this.agents.idOfAlias(idOrAlias)) ?? (await this.ask(caller, idOrAlias));
    if (known !== undefined) this.remember(idOrAlias, known);
    return known;
  }

  /** @throws Problem 404, with the pointer of where the id stood */
  async require(caller: Caller, idOrAlias: string, pointer = '/path/agent_id'): Promise<string> {
    const id = await this.idOf(caller, idOrAlias);
    if (id === undefined) throw agentNotFound(pointer);
    return id;
  }

  /** The registry knows an alias before the model does. */
  private async ask(caller: Caller, alias: string): Promise<string | undefined> {
    const { agent_id } = await this.commands.query(caller, resolveAgent, { external_id: alias });
    return agent_id ?? undefined;
  }

  private remember(alias: string, id: string): void {
    if (this.known.size >= MAX_KNOWN) {
      const oldest = this.known.keys().next();
      if (!oldest.done) this.known.delete(oldest.value);
    }
    this.known.set(alias, id);
  }
}

/** The coordinator's document promises exactly this sentence. */
export function agentNotFound(pointer: string): Problem {
  return new Problem(404, 'agent_not_found', 'Agent not found', { errors: [{ pointer, message: 'names no agent' }] });
}
