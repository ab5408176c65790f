import type { CommandPath } from '../../commands/command-path';
import { AGENTS } from '../../projections/agents/agent.projection';
import type { Freshness } from '../../projections/moment';

/** Discovery's view of capabilities: it is asked to have seen what was written through here. */
export const CAPABILITIES = 'capabilities';

/** How new discovery's answers have to be. */
export class DiscoveryReads {
  constructor(
    private readonly commands: Pick<CommandPath, 'lastWriteOf'>,
    private readonly freshness: Pick<Freshness, 'seen'>,
  ) {}

  /** The position that discovery must have seen: what the caller asks for, and what this process answered before. */
  async since(asked: number | undefined): Promise<number> {
    await this.freshness.seen(AGENTS, asked);
    return Math.max(asked ?? 0, this.commands.lastWriteOf(AGENTS), this.commands.lastWriteOf(CAPABILITIES));
  }
}
