import type { AgentEvent, TaskEvent } from '@ao/contracts';
import type { RunningLocal, Subscriptions } from '@ao/event-log';
import { readTable, runProjection, type Projection } from '@ao/projections';
import type { Pool } from 'pg';
import { evolveScore, scoredAgent, SCORED_EVENTS, type AgentScore } from './agent-score';
import { AgentScores } from './agent-scores';

/** The table that a service which follows the scores has, made by its migration: `documentTableSql(scoresTable(schema))`. */
export const scoresTable = (schema: string): string => `${schema}.agent_scores`;

export function scoresProjection(schema: string): Projection<AgentScore> {
  return {
    name: `${schema}_agent_scores`,
    version: 1,
    categories: ['task', 'agent'],
    types: SCORED_EVENTS,
    table: scoresTable(schema),
    key: (event) => scoredAgent(event as unknown as TaskEvent | AgentEvent),
    evolve: (score, event) => evolveScore(score, event as unknown as TaskEvent | AgentEvent),
  };
}

/** Only a start reads the table, and it reads the rest from the log. */
const REST_MS = 500;
/** Scores are means of many tasks: a second more or less is none. */
const interest = () => 'later' as const;

export interface FollowScoresOptions {
  readonly subscriptions: Subscriptions;
  readonly pool: Pool;
  /** Of the service. */
  readonly schema: string;
  /** What an agent's scores are has changed. Must not throw. */
  readonly changed?: (agentId: string) => void;
}

/**
 * Keeps a service's table of scores (one replica writes it), and these in memory in every replica: seeded from the
 * table, so that no start reads the whole history. Resolves once they hold what the table holds.
 */
export async function followScores(
  scores: AgentScores,
  { subscriptions, pool, schema, changed }: FollowScoresOptions,
): Promise<RunningLocal> {
  const projection = scoresProjection(schema);
  await runProjection(subscriptions, projection, { restMs: REST_MS, interest });
  return subscriptions.local({
    name: 'agent-scores',
    categories: projection.categories,
    types: projection.types,
    interest,
    seed: async () => {
      const documents: AgentScore[] = [];
      const position = await readTable<AgentScore>(pool, projection, (page) => void documents.push(...page));
      const known = new Set(scores.agents());
      scores.seed(documents);
      for (const agentId of scores.agents()) known.add(agentId);
      if (changed) for (const agentId of known) changed(agentId);
      return position;
    },
    handle: (events) => {
      for (const event of events) {
        const agentId = scores.apply(event as unknown as TaskEvent | AgentEvent);
        if (agentId !== undefined) changed?.(agentId);
      }
    },
  });
}
