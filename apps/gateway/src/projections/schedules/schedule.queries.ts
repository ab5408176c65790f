import type { SCHEDULE_STATUSES, ScheduleDocument, TaskStatus } from '@ao/contracts';
import type { EventReader } from '@ao/event-log';
import type { Pool } from 'pg';
import { DocumentReader } from '../document.reader';
import { scheduleProjection, type ScheduleRun } from './schedule.projection';

export interface ScheduleFilter {
  readonly status?: (typeof SCHEDULE_STATUSES)[number];
  readonly limit: number;
  readonly offset: number;
}

export interface ListedRun extends ScheduleRun {
  /** Of its task; null where there is none, or the model of tasks does not show it yet. */
  readonly task_status: TaskStatus | null;
}

/** Reads of the models `schedules` and `schedule_runs`. */
export class ScheduleQueries extends DocumentReader<ScheduleDocument> {
  constructor(
    private readonly database: Pool,
    log: Pick<EventReader, 'readStream'>,
  ) {
    super(database, log, scheduleProjection);
  }

  /** By name. */
  async list({ status, limit, offset }: ScheduleFilter): Promise<{ schedules: ScheduleDocument[]; total: number }> {
    const [page, counted] = await Promise.all([
      this.database.query<{ document: ScheduleDocument }>({
        name: 'list_schedules',
        text: `select document from read_models.schedules where ($1::text is null or status = $1)
                order by name limit $2 offset $3`,
        values: [status, limit, offset],
      }),
      this.database.query<{ total: string }>({
        name: 'count_schedules',
        text: 'select count(*) as total from read_models.schedules where ($1::text is null or status = $1)',
        values: [status],
      }),
    ]);
    return { schedules: page.rows.map(({ document }) => document), total: Number(counted.rows[0]?.total ?? 0) };
  }

  /** Newest first. */
  async runsOf(
    scheduleId: string,
    { limit, offset }: { readonly limit: number; readonly offset: number },
  ): Promise<{ runs: ListedRun[]; total: number }> {
    const [page, counted] = await Promise.all([
      this.database.query<{ document: ScheduleRun; status: TaskStatus | null }>({
        name: 'list_schedule_runs',
        text: `select r.document, t.status
                 from read_models.schedule_runs r left join read_models.tasks t on t.id = r.task_id
                where r.schedule_id = $1 order by r.position desc limit $2 offset $3`,
        values: [scheduleId, limit, offset],
      }),
      this.database.query<{ total: string }>({
        name: 'count_schedule_runs',
        text: 'select count(*) as total from read_models.schedule_runs where schedule_id = $1',
        values: [scheduleId],
      }),
    ]);
    const runs = page.rows.map(({ document, status }) => ({ ...document, task_status: status }));
    return { runs, total: Number(counted.rows[0]?.total ?? 0) };
  }
}
