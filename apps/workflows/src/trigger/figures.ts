import { OPEN_TASK_STATUSES, publicStatusOf, type TaskEvent } from '@ao/contracts';
import type { RecordedEvent } from '@ao/event-log';
import type { ClientBase } from 'pg';

/** What conditions are worked out over, as plain JSON. */
export interface Figures {
  /** Tasks that wait for an agent: how many, since how many seconds the first of them, and how many of each pool. */
  readonly queue: {
    readonly depth: number;
    readonly oldest_seconds: number;
    readonly by_pool: Readonly<Record<string, number>>;
  };
  /** By status, every status of them, and by type. Who is stopped, or offline, is not online. */
  readonly agents: {
    readonly total: number;
    readonly online: number;
    readonly by_type: Readonly<Record<string, { readonly total: number; readonly online: number }>>;
  };
  /** By status: those that have not ended, and the dead letters. */
  readonly tasks: Readonly<Record<string, number>>;
}

/** Of tasks that are kept: what may still become something else by itself, or waits for somebody. */
const KEPT: ReadonlySet<string> = new Set([...OPEN_TASK_STATUSES, 'dead_lettered']);
const ONLINE: ReadonlySet<string> = new Set(['active', 'online', 'busy', 'degraded']);

interface TaskRow {
  readonly task_id: string;
  /** Null: it is not kept (any more). */
  readonly status: string | null;
  /** Null: as it was. */
  readonly pool: string | null;
  readonly since: string;
}
interface AgentRow {
  readonly agent_id: string;
  readonly type: string | null;
  readonly status: string | null;
}

/** Gathers what a batch of events changes, and writes it once. */
export class FiguresOfBatch {
  private readonly tasks = new Map<string, TaskRow>();
  private readonly agents = new Map<string, AgentRow>();
  /** Pools of the tasks that were submitted in this batch: of them there are no rows yet. */
  private readonly born = new Map<string, string>();

  learn(recorded: RecordedEvent): void {
    const { category, type, data, recorded_at } = recorded;
    if (category === 'task') {
      const { task_id } = data as { task_id: string };
      if (type === 'TaskSubmitted') {
        const { pool, depends_on, not_before } = (recorded as unknown as Extract<TaskEvent, { type: 'TaskSubmitted' }>)
          .data;
        const status = depends_on || not_before ? 'scheduled' : 'queued';
        this.tasks.set(task_id, { task_id, status, pool, since: recorded_at });
        this.born.set(task_id, pool);
        return;
      }
      const status = statusOf(recorded);
      if (status === undefined) return;
      const before = this.tasks.get(task_id);
      const kept = KEPT.has(status) ? status : null;
      if (kept === null && this.born.has(task_id)) {
        this.tasks.delete(task_id);
        return;
      }
      this.tasks.set(task_id, {
        task_id,
        status: kept,
        pool: before?.pool ?? this.born.get(task_id) ?? null,
        since: recorded_at,
      });
    } else if (category === 'agent') {
      const { agent_id, agent_type = null } = data as { agent_id: string; agent_type?: string };
      const before = this.agents.get(agent_id);
      if (type === 'AgentDeregistered') this.agents.set(agent_id, { agent_id, type: null, status: null });
      else {
        const registered = type === 'AgentRegistered' ? (data as { lifecycle: string }).lifecycle : undefined;
        const status = registered ?? statusOf(recorded) ?? before?.status ?? 'kept';
        this.agents.set(agent_id, { agent_id, type: agent_type ?? before?.type ?? null, status });
      }
    }
  }

  async write(client: ClientBase): Promise<void> {
    if (this.tasks.size > 0) {
      await client.query({
        name: 'figure_tasks_write',
        text: `with r as materialized (
                 select * from json_to_recordset($1::json) as r(task_id uuid, status text, pool text, since timestamptz)
               ), gone as (
                 delete from workflows.figure_tasks t using r where t.task_id = r.task_id and r.status is null
               )
               insert into workflows.figure_tasks as t (task_id, status, pool, since)
               select task_id, status, coalesce(pool, 'default'), since from r where status is not null
               on conflict (task_id) do update set status = excluded.status,
                 since = case when t.status = excluded.status then t.since else excluded.since end`,
        values: [JSON.stringify([...this.tasks.values()])],
      });
    }
    if (this.agents.size > 0) {
      await client.query({
        name: 'figure_agents_write',
        text: `with r as materialized (
                 select * from json_to_recordset($1::json) as r(agent_id uuid, type text, status text)
               ), gone as (
                 delete from workflows.figure_agents a using r where a.agent_id = r.agent_id and r.status is null
               ), changed as (
                 update workflows.figure_agents a
                    set type = coalesce(r.type, a.type), status = case r.status when 'kept' then a.status else r.status end
                   from r where a.agent_id = r.agent_id and r.status is not null
                returning a.agent_id
               )
               insert into workflows.figure_agents (agent_id, type, status)
               select agent_id, coalesce(type, 'unknown'), case r.status when 'kept' then 'active' else r.status end
                 from r where status is not null and not exists (select from changed where changed.agent_id = r.agent_id)
               on conflict do nothing`,
        values: [JSON.stringify([...this.agents.values()])],
      });
    }
  }
}

function statusOf(recorded: RecordedEvent): string | undefined {
  const status = publicStatusOf(recorded as RecordedEvent & { data: object });
  return typeof status === 'string' ? status : undefined;
}

/** @param at ISO 8601: now */
export async function readFigures(client: ClientBase, at: string): Promise<Figures> {
  const { rows: tasks } = await client.query<{ status: string; pool: string; count: number; oldest: number }>({
    name: 'figure_tasks_read',
    text: `select status, pool, count(*)::int as count,
                  greatest(0, extract(epoch from $1::timestamptz - min(since)))::float8 as oldest
             from workflows.figure_tasks group by status, pool`,
    values: [at],
  });
  const { rows: agents } = await client.query<{ status: string; type: string; count: number }>({
    name: 'figure_agents_read',
    text: 'select status, type, count(*)::int as count from workflows.figure_agents group by status, type',
  });
  return figuresOf(tasks, agents);
}

/** Pure. */
export function figuresOf(
  tasks: readonly { status: string; pool: string; count: number; oldest: number }[],
  agents: readonly { status: string; type: string; count: number }[],
): Figures {
  const byStatus: Record<string, number> = Object.fromEntries([...KEPT].map((status) => [status, 0]));
  for (const { status, count } of tasks) byStatus[status] = (byStatus[status] ?? 0) + count;
  const queued = tasks.filter(({ status }) => status === 'queued');
  const byType = new Map<string, { total: number; online: number }>();
  for (const { status, type, count } of agents) {
    const { total, online } = byType.get(type) ?? { total: 0, online: 0 };
    byType.set(type, { total: total + count, online: online + (ONLINE.has(status) ? count : 0) });
  }
  const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0);
  const types = [...byType.values()];
  return {
    queue: {
      depth: byStatus['queued'] ?? 0,
      oldest_seconds: Math.floor(Math.max(0, ...queued.map(({ oldest }) => oldest))),
      by_pool: Object.fromEntries(queued.map(({ pool, count }) => [pool, count])),
    },
    agents: {
      total: sum(types.map(({ total }) => total)),
      online: sum(types.map(({ online }) => online)),
      by_type: Object.fromEntries(byType),
    },
    tasks: byStatus,
  };
}
