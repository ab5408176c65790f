import type { AgentEvent, TaskEvent } from '@ao/contracts';
import type { RunningLocal, Subscriptions } from '@ao/event-log';
import { runProjection, tableName, type Projection } from '@ao/projections';
import type { Pool } from 'pg';
import { evolveScore, scoredAgent, type AgentScore } from './agent-score';
import { AgentScores } from './agent-scores';

/** The table that a service which follows the scores has, made by its migration: `documentTableSql(scoresTable(schema))`. */
export const scoresTable = (schema: string): string => `${schema}.agent_scores`;

export function scoresProjection(schema: string): Projection<AgentScore> {
  return {
    name: `${schema}_agent_scores`,
    version: 1,
    categories: ['task', 'agent'],
    table: scoresTable(schema),
    key: (event) => scoredAgent(event as unknown as TaskEvent | AgentEvent),
    evolve: (score, event) => evolveScore(score, event as unknown as TaskEvent | AgentEvent),
  };
}

/** Only a start reads the table, and it reads the rest from the log. */
const REST_MS = 500;

export interface FollowScoresOptions {
  readonly subscriptions: Subscriptions;
  readonly pool: Pick<Pool, 'query'>;
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
  const { sql } = tableName(projection.table);
  await runProjection(subscriptions, projection, { restMs: REST_MS });
  return subscriptions.local({
    name: 'agent-scores',
    categories: projection.categories,
    seed: async () => {
      // The documents and the checkpoint they stand at, of one snapshot; one row at least, for the checkpoint.
      const { rows } = await pool.query<{ position: number; document: AgentScore | null }>(
        `select coalesce(checkpoint.position, 0) as position, score.document
         from (select max(position) as position from ${tableName(`${schema}.subscription_checkpoints`).sql}
               where subscription = $1) as checkpoint
         left join ${sql} as score on true`,
        [projection.name],
      );
      const known = new Set(scores.agents());
      scores.seed(rows.flatMap(({ document }) => (document ? [document] : [])));
      for (const agentId of scores.agents()) known.add(agentId);
      if (changed) for (const agentId of known) changed(agentId);
      return rows[0]?.position ?? 0;
    },
    handle: (events) => {
      for (const event of events) {
        const agentId = scores.apply(event as unknown as TaskEvent | AgentEvent);
        if (agentId !== undefined) changed?.(agentId);
      }
    },
  });
}
