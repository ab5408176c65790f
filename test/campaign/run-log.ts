import { createPool } from '@ao/event-log';
import type { Pool } from 'pg';
import type { LoggedEvent } from './run-history.checks';

const PAGE = 20_000;

/** The log behind everybody's back: what the campaign is judged by. */
export class RunLog {
  readonly pool: Pool;

  constructor(databaseUrl: string) {
    this.pool = createPool(databaseUrl, { applicationName: 'campaign', max: 2 });
  }

  /** Runs that have not ended. */
  async open(): Promise<number> {
    const { rows } = await this.pool.query<{ open: string }>(
      `select count(*) filter (where type = 'RunStarted')
              - count(*) filter (where type in ('RunCompleted', 'RunFailed', 'RunCancelled')) as open
         from event_log.events where category = 'run'`,
    );
    return Number(rows[0]!.open);
  }

  async events(): Promise<LoggedEvent[]> {
    const events: LoggedEvent[] = [];
    for (let after = '0'; ;) {
      const { rows } = await this.pool.query<LoggedEvent & { position: string }>(
        `select position, stream_id, version::int as version, type, data from event_log.events
          where category in ('run', 'task') and position > $1 order by position limit $2`,
        [after, PAGE],
      );
      for (const { stream_id, version, type, data } of rows) events.push({ stream_id, version, type, data });
      if (rows.length < PAGE) return events;
      after = rows.at(-1)!.position;
    }
  }

  /** What the process manager still means to do, and what it could not handle: nothing, once all runs have ended. */
  async leftOver(): Promise<string[]> {
    const { rows } = await this.pool.query<{ what: string }>(
      `select 'work ' || kind || ' ' || state || ' of ' || run_id || ' ' || node as what from workflows.run_work
       union all select 'timer ' || timer_id from workflows.timers where kind = 'run-wake'
       union all select 'parked ' || position from workflows.parked_events`,
    );
    return rows.map(({ what }) => what);
  }

  async close(): Promise<void> {
    await this.pool.end();
  }
}
