import type { Agent } from './fleet';

/**
 * Chooses the agent that is killed, and when: once a third of the documents is counted, the analyser that has the most
 * documents in hand. If it had settled all of them before the signal reached it, the next one is taken.
 */
export class Killing {
  victim: { agent: Agent; at: string; inHand: ReadonlyMap<string, { type: string }> } | undefined;
  private counted = 0;
  private total = 0;

  constructor(
    private readonly agents: () => readonly Agent[],
    private readonly kill: (agent: Agent) => void,
  ) {}

  expected(total: number): void {
    this.total = total;
  }

  countCompleted(): void {
    this.counted += 1;
  }

  /** To be asked whenever something has changed; the agent if one was killed now. */
  consider(now: () => string): Agent | undefined {
    if (this.victim && this.victim.agent.inHand.size > 0) return undefined;
    if (this.counted < Math.floor(this.total / 3)) return undefined;
    const analysers = this.agents().filter(({ setup, killed }) => setup.role === 'analyser' && !killed);
    if (analysers.length < 2) return undefined;
    const [agent] = analysers.sort((a, b) => counting(b) - counting(a));
    if (!agent || counting(agent) === 0) return undefined;
    this.kill(agent);
    // The map goes on changing until the process is gone: what it says then is what the agent had in hand.
    this.victim = { agent, at: now(), inHand: agent.inHand };
    return agent;
  }
}

function counting(agent: Agent): number {
  let tasks = 0;
  for (const { type } of agent.inHand.values()) if (type === 'document.count') tasks += 1;
  return tasks;
}
