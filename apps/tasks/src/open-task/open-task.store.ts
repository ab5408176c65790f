import path from 'node:path';
import type { AgentDocument, TaskRequirements } from '@ao/contracts';
import { sqlFile } from '@ao/event-log';
import { isoTime } from '@ao/kernel';
import type { PoolClient } from 'pg';
import { endsWithAgent } from './expire-leases-when-agent-lost';
import type { OpenTask } from './open-task';

const sql = (name: string) => sqlFile(path.join(__dirname, 'sql', `${name}.sql`));
const LOAD = sql('load-open-tasks');
const SEED = sql('seed-open-tasks');
const APPLY = sql('apply-open-tasks');
const APPLY_AGENTS = sql('apply-agents');
const APPLY_DEPENDENCIES = sql('apply-dependencies');

/** Before every other. */
const NO_ID = '00000000-0000-0000-0000-000000000000';

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

/** A task that waits for another's end. */
export interface Dependency {
  readonly task_id: string;
  readonly dependency_id: string;
}

export interface DependencyChanges {
  readonly over: Dependency[];
  readonly added: Dependency[];
  readonly ended: string[];
}

interface Row {
  readonly task_id: string;
  readonly pool: string;
  readonly type: string;
  readonly priority: number;
  readonly requirements: TaskRequirements;
  readonly lease_seconds: number;
  readonly position: number;
  readonly ready_at: number;
  readonly fairness_key: string | null;
  readonly concurrency_key: string | null;
  readonly held: NonNullable<OpenTask['held']> | null;
  readonly not_before: number | null;
  readonly waits_for: string[] | null;
  readonly deadline: number | null;
  readonly on_agent_lost: NonNullable<OpenTask['on_agent_lost']> | null;
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
  const from = after ?? NO_ID;
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
      JSON.stringify(opened.map(({ lease: _lease, waits_for: _others, ...row }) => row)),
      leased.map((task) => task.task_id),
      leased.map(({ lease }) => lease!.agent_id),
      leased.map(({ lease }) => lease!.lease_token),
      leased.map(({ lease }) => lease!.attempt),
      leased.map(({ lease }) => lease!.started),
      leased.map((task) => task.lease_seconds),
      leased.map(({ lease }) => lease!.expires_at),
      leased.map(({ lease }) => lost.has(lease!.lease_token)),
      leased.map(endsWithAgent),
    ],
  });
  return rows.filter(({ agent_lost }) => agent_lost);
}

/** Resolves with those that wait for a task that has ended. After `applyOpenTasks` of the same batch. */
export async function applyDependencies(client: Queryable, changes: DependencyChanges): Promise<Dependency[]> {
  const { over, added, ended } = changes;
  if (over.length + added.length + ended.length === 0) return [];
  const { rows } = await client.query<Dependency>({
    name: 'apply_dependencies',
    text: APPLY_DEPENDENCIES,
    values: [
      over.map(({ task_id }) => task_id),
      over.map(({ dependency_id }) => dependency_id),
      added.map(({ task_id }) => task_id),
      added.map(({ dependency_id }) => dependency_id),
      ended,
    ],
  });
  return rows;
}

export async function loadAgents(client: Queryable, agentIds: readonly string[]): Promise<AgentDocument[]> {
  const { rows } = await client.query<{ document: AgentDocument }>(
    'select document from tasks.agents where agent_id = any($1::uuid[])',
    [agentIds],
  );
  return rows.map(({ document }) => document);
}

/** The agents after `after` in the order of their ids, at most `limit`. */
export async function seedAgents(
  client: Queryable,
  after: string | undefined,
  limit: number,
): Promise<AgentDocument[]> {
  const { rows } = await client.query<{ document: AgentDocument }>(
    'select document from tasks.agents where agent_id > $1 order by agent_id limit $2',
    [after ?? NO_ID, limit],
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
  const { task_id, pool, type, priority, requirements, lease_seconds, position, ready_at } = row;
  const { fairness_key, concurrency_key, held, not_before, waits_for, deadline, on_agent_lost } = row;
  const open: OpenTask = {
    ...{ task_id, pool, type, priority, requirements, lease_seconds, position, ready_at },
    ...(fairness_key !== null && { fairness_key }),
    ...(concurrency_key !== null && { concurrency_key }),
    ...(held !== null && { held }),
    ...(not_before !== null && { not_before }),
    ...(waits_for !== null && { waits_for }),
    ...(deadline !== null && { deadline }),
    ...(on_agent_lost !== null && { on_agent_lost }),
  };
  if (row.agent_id === null) return open;
  const { agent_id, lease_token, attempt, started } = row;
  const expires_at = isoTime(row.expires_at.getTime());
  return { ...open, lease: { agent_id, lease_token, attempt, started, expires_at } };
}
