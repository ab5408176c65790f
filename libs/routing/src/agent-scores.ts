import type { AgentEvent, TaskEvent } from '@ao/contracts';
import {
  differ,
  evolveScore,
  learnedFrom,
  NOTHING_LEARNED,
  scoredAgent,
  type AgentScore,
  type LearnedScores,
} from './agent-score';

/** The scores of every agent that was ever given a task and is still registered, in memory. */
export class AgentScores {
  private readonly scores = new Map<string, AgentScore>();

  get size(): number {
    return this.scores.size;
  }

  of(agentId: string): LearnedScores {
    const score = this.scores.get(agentId);
    return score ? learnedFrom(score) : NOTHING_LEARNED;
  }

  /** Takes these for all there are. */
  seed(scores: Iterable<AgentScore>): void {
    this.scores.clear();
    for (const score of scores) this.scores.set(score.agent_id, score);
  }

  /** Returns the agent whose scores are others now, if there is one. */
  apply(event: TaskEvent | AgentEvent): string | undefined {
    const agentId = scoredAgent(event);
    if (agentId === undefined) return undefined;
    const before = this.scores.get(agentId);
    const after = evolveScore(before, event);
    if (after) this.scores.set(agentId, after);
    else this.scores.delete(agentId);
    return differ(before, after) ? agentId : undefined;
  }

  agents(): Iterable<string> {
    return this.scores.keys();
  }
}
