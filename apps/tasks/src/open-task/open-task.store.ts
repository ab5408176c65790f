import path from 'node:path';
import type { AgentDocument, TaskRequirements } from '@ao/contracts';
import { isoTime } from '@ao/kernel';
import type { PoolClient } from 'pg';
import { sqlFile } from '../sql-file';
import type { OpenTask } from './open-task';

const sql = (name: string) => sqlFile(path.join(__dirname, 'sql', `${name}.sql`));
const LOAD = sql('load-open-tasks');
const SEED = sql('seed-open-tasks');
const APPLY = sql('apply-open-tasks');
const APPLY_AGENTS = sql('apply-agents');

type Queryable = Pick<PoolClient, 'query'>;

/** What a batch changed in the end. A task that came and went within it leaves no trace. */
export interface OpenTaskChanges {
  readonly ended: string[];
  readonly released: string[];
  readonly opened: OpenTask[];
  /** Open tasks whose lease is new or changed. */
  readonly leased: OpenTask[];
  /** Those whose lease is new. */
  readonly assigned: OpenTask[];
  /** Tokens among `leased` whose agent was lost after it got them. */
  readonly lost: ReadonlySet<string>;
}

/** A lease that ends at once, because its agent is lost. */
export interface LostLease {
  readonly task_id: string;
  readonly lease_token: string;
}

interface Row {
  readonly task_id: string;
  readonly pool: string;
  readonly priority: number;
  readonly requirements: TaskRequirements;
  readonly lease_seconds: number;
  readonly position: number;
  readonly ready_at: number;
  readonly agent_id: string | null;
  readonly lease_token: string;
  readonly attempt: number;
  readonly started: boolean;
  readonly expires_at: Date;
}

export async function loadOpenTasks(client: Queryable, taskIds: readonly string[]): Promise<OpenTask[]> {
  const { rows } = await client.query<Row>({ name: 'load_open_tasks', text: LOAD, values: [taskIds] });
  return rows.map(openTaskOf);
}

/** The open tasks of a pool after `after` in the order of their ids, at most `limit`. */
export async function seedOpenTasks(
  client: Queryable,
  pool: string,
  after: string | undefined,
  limit: number,
): Promise<OpenTask[]> {
  const from = after ?? '00000000-0000-0000-0000-000000000000';
  const { rows } = await client.query<Row>(SEED, [pool, from, limit]);
  return rows.map(openTaskOf);
}

/** Resolves with the leases among those changed that must end at once, because their agents are lost. */
export async function applyOpenTasks(client: Queryable, changes: OpenTaskChanges): Promise<LostLease[]> {
  const { ended, released, opened, leased, lost } = changes;
  if (ended.length + released.length + opened.length + leased.length === 0) return [];
  const { rows } = await client.query<LostLease & { agent_lost: boolean }>({
    name: 'apply_open_tasks',
    text: APPLY,
    values: [
      ended,
      released,
      opened.map((task) => task.task_id),
      opened.map((task) => task.pool),
      opened.map((task) => task.priority),
      opened.map((task) => JSON.stringify(task.requirements)),
      opened.map((task) => task.lease_seconds),
      opened.map((task) => task.position),
      opened.map((task) => task.ready_at),
      leased.map((task) => task.task_id),
      leased.map(({ lease }) => lease!.agent_id),
      leased.map(({ lease }) => lease!.lease_token),
      leased.map(({ lease }) => lease!.attempt),
      leased.map(({ lease }) => lease!.started),
      leased.map((task) => task.lease_seconds),
      leased.map(({ lease }) => lease!.expires_at),
      leased.map(({ lease }) => lost.has(lease!.lease_token)),
    ],
  });
  return rows.filter(({ agent_lost }) => agent_lost);
}

export async function loadAgents(client: Queryable, agentIds?: readonly string[]): Promise<AgentDocument[]> {
  const { rows } = await client.query<{ document: AgentDocument }>(
    'select document from tasks.agents where $1::uuid[] is null or agent_id = any($1::uuid[])',
    [agentIds ?? null],
  );
  return rows.map(({ document }) => document);
}

/** Keeps agents as they are now; resolves with the leases that the lost ones had before this batch. */
export async function applyAgents(
  client: Queryable,
  agents: readonly AgentDocument[],
  lost: readonly string[],
): Promise<LostLease[]> {
  const { rows } = await client.query<LostLease>(APPLY_AGENTS, [
    agents.map(({ agent_id }) => agent_id),
    agents.map((agent) => JSON.stringify(agent)),
    lost,
  ]);
  return rows;
}

function openTaskOf(row: Row): OpenTask {
  const { task_id, pool, priority, requirements, lease_seconds, position, ready_at } = row;
  const open = { task_id, pool, priority, requirements, lease_seconds, position, ready_at };
  if (row.agent_id === null) return open;
  const { agent_id, lease_token, attempt, started } = row;
  const expires_at = isoTime(row.expires_at.getTime());
  return { ...open, lease: { agent_id, lease_token, attempt, started, expires_at } };
}
