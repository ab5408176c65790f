import type { Agent } from './fleet';

/**
 * Chooses the moment at which one agent is killed: a third of the documents is counted, and an analyser has just begun
 * to count another one. If it had settled everything before the signal reached it, the next one is taken.
 */
export class Killing {
  victim: { agent: Agent; at: string; inHand: ReadonlyMap<string, { type: string }> } | undefined;
  private counted = 0;
  private total = 0;

  constructor(
    private readonly kill: (agent: Agent) => void,
    private readonly analysersAlive: () => number,
  ) {}

  expected(total: number): void {
    this.total = total;
  }

  countCompleted(): void {
    this.counted += 1;
  }

  /** True: this agent was killed. */
  taskStarted(agent: Agent, task: { type: string }, now: () => string): boolean {
    const hadNothing = this.victim?.agent.inHand.size === 0;
    if ((this.victim && !hadNothing) || task.type !== 'document.count' || agent.setup.role !== 'analyser') return false;
    if (this.counted < Math.floor(this.total / 3) || this.analysersAlive() < 2) return false;
    this.kill(agent);
    // The map goes on changing until the process is gone: what it says then is what the agent had in hand.
    this.victim = { agent, at: now(), inHand: agent.inHand };
    return true;
  }
}
