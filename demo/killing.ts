import type { Agent } from './fleet';

export interface Victim {
  readonly agent: Agent;
  readonly at: string;
  /** Ids of the tasks that it was working on, as the control plane says. */
  readonly inHand: ReadonlySet<string>;
}

export interface KillingOptions {
  readonly agents: () => readonly Agent[];
  /** Stops the agent's process where it stands; resolves when what it had said before has arrived. */
  readonly freeze: (agent: Agent) => Promise<void>;
  readonly thaw: (agent: Agent) => void;
  /** Which of these tasks the agent is working on, as the control plane says. */
  readonly running: (agent: Agent, taskIds: readonly string[]) => Promise<readonly string[]>;
  readonly kill: (agent: Agent) => void;
  readonly now: () => string;
}

/**
 * Chooses the agent that is killed, and when: once a third of the documents is counted, the analyser that has the most
 * documents in hand. It is frozen first and killed only if it then really is in the middle of something: otherwise it
 * goes on, and the next moment is tried.
 */
export class Killing {
  victim: Victim | undefined;
  private counted = 0;
  private total = 0;
  private trying = false;

  constructor(private readonly options: KillingOptions) {}

  expected(total: number): void {
    this.total = total;
  }

  countCompleted(): void {
    this.counted += 1;
  }

  /** To be asked whenever something has changed; resolves with the agent if one was killed now. */
  async consider(): Promise<Agent | undefined> {
    if (this.victim || this.trying) return undefined;
    if (this.counted < Math.floor(this.total / 3)) return undefined;
    const { agents, freeze, thaw, running, kill, now } = this.options;
    const analysers = agents().filter(({ setup }) => setup.role === 'analyser');
    const [agent] = analysers.sort((a, b) => counting(b).length - counting(a).length);
    if (analysers.length < 2 || !agent || counting(agent).length === 0) return undefined;
    this.trying = true;
    try {
      await freeze(agent);
      const inHand = new Set(await running(agent, counting(agent)));
      if (inHand.size === 0) {
        thaw(agent);
        return undefined;
      }
      this.victim = { agent, at: now(), inHand };
      kill(agent);
      return agent;
    } catch (error) {
      thaw(agent);
      throw error;
    } finally {
      this.trying = false;
    }
  }
}

function counting(agent: Agent): string[] {
  return [...agent.inHand].filter(([, { type }]) => type === 'document.count').map(([id]) => id);
}
