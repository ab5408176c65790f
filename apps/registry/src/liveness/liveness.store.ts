import { isoTime } from '@ao/kernel';
import type { Pool } from 'pg';
import type { SeededAgent } from './agent.view';
import { LIVENESS_FOLLOWER } from './liveness.follower';
import type { DueAgent, NextDeadline } from './liveness.sweep';
import { sqlFile } from './sql';

const DUE_AGENTS = sqlFile('due-agents.sql');
const SET_DEADLINES = sqlFile('set-deadlines.sql');
const SEED_VIEW = sqlFile('seed-view.sql');

/** Agents whose deadline lies before `before` (Unix milliseconds), earliest first. */
export async function dueAgents(pool: Pick<Pool, 'query'>, before: number, limit: number): Promise<DueAgent[]> {
  const { rows } = await pool.query<DueAgent>({
    name: 'liveness-due-agents',
    text: DUE_AGENTS,
    values: [isoTime(before), limit],
  });
  return rows.map((row) => ({
    ...row,
    last_seen: row.last_seen === null ? null : Math.round(row.last_seen),
    deadline: Math.round(row.deadline),
  }));
}

export async function setDeadlines(pool: Pick<Pool, 'query'>, deadlines: readonly NextDeadline[]): Promise<void> {
  await pool.query({
    name: 'liveness-set-deadlines',
    text: SET_DEADLINES,
    values: [
      deadlines.map(({ agent_id }) => agent_id),
      deadlines.map(({ deadline }) => isoTime(deadline)),
      deadlines.map(({ next_deadline }) => (next_deadline === null ? null : isoTime(next_deadline))),
    ],
  });
}

/** Every agent as the follower left it, and the position it had reached, of one moment. */
export async function seedView(pool: Pick<Pool, 'query'>): Promise<{ position: number; agents: SeededAgent[] }> {
  // One statement, so that the rows and the checkpoint are of the same snapshot.
  const { rows } = await pool.query<SeededAgent & { position: number }>(SEED_VIEW, [LIVENESS_FOLLOWER]);
  const [first] = rows;
  return {
    position: first?.position ?? 0,
    agents: rows.filter(({ agent_id }) => (agent_id as string | null) !== null),
  };
}
