import { createPool } from '@ao/event-log';
import type { Pool } from 'pg';
import { isEnd, type RecordedEvent } from './history.checks';

const PAGE = 20_000;

interface Row {
  readonly position: string;
  readonly stream_id: string;
  readonly version: string;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** The log behind the API's back: what the campaign is judged by. */
export class TaskLog {
  private readonly pool: Pool;

  constructor(databaseUrl: string) {
    this.pool = createPool(databaseUrl, { applicationName: 'campaign', max: 2 });
  }

  async taskEvents(): Promise<RecordedEvent[]> {
    const events: RecordedEvent[] = [];
    for (let after = '0'; ;) {
      const { rows } = await this.pool.query<Row>(
        `select position, stream_id, version, type, data from event_log.events
          where category = 'task' and position > $1 order by position limit $2`,
        [after, PAGE],
      );
      for (const { stream_id, version, type, data } of rows) {
        events.push({ taskId: stream_id.slice('task-'.length), version: Number(version), type, data });
      }
      if (rows.length < PAGE) return events;
      after = rows.at(-1)!.position;
    }
  }

  /** Tasks of the log that have not ended. */
  async open(): Promise<number> {
    const { rows } = await this.pool.query<{ type: string; tasks: string }>(
      `select type, count(distinct stream_id) as tasks from event_log.events where category = 'task' group by type`,
    );
    const sum = (of: (row: { type: string }) => boolean) =>
      rows.filter(of).reduce((total, { tasks }) => total + Number(tasks), 0);
    return sum(({ type }) => type === 'TaskSubmitted') - sum(isEnd);
  }

  /** Of the dispatch pool: grows each time that it is taken. */
  async epoch(): Promise<number> {
    const { rows } = await this.pool.query<{ epoch: string | null }>(
      `select max(version) as epoch from event_log.events where category = 'pool'`,
    );
    return Number(rows[0]?.epoch ?? 0);
  }

  /** The processes in Postgres of the services' connections, those that work first. */
  async backends(): Promise<number[]> {
    const { rows } = await this.pool.query<{ pid: number }>(
      `select pid from pg_stat_activity
        where backend_type = 'client backend' and datname = current_database() and pid <> pg_backend_pid()
          and application_name <> 'campaign'
        order by state = 'active' desc, query_start desc`,
    );
    return rows.map(({ pid }) => pid);
  }

  /** Every second connection is ended: of services that are many, each loses some. */
  async cutHalf(): Promise<void> {
    const halved = (await this.backends()).filter((_, index) => index % 2 === 0);
    await this.pool.query('select pg_terminate_backend(pid) from unnest($1::int[]) as pid', [halved]);
  }

  async close(): Promise<void> {
    await this.pool.end();
  }
}
