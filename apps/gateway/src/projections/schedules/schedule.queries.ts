import type { SCHEDULE_STATUSES, ScheduleDocument, TaskStatus } from '@ao/contracts';
import type { EventReader } from '@ao/event-log';
import type { Pool } from 'pg';
import { DocumentReader } from '../document.reader';
import { readDocumentPage, readPage } from '../page';
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
    const { documents, total } = await readDocumentPage<ScheduleDocument>(this.database, {
      name: 'schedules',
      from: 'read_models.schedules where ($1::text is null or status = $1)',
      ...{ orderBy: 'name', values: [status], limit, offset },
    });
    return { schedules: documents, total };
  }

  /** Newest first. */
  async runsOf(
    scheduleId: string,
    { limit, offset }: { readonly limit: number; readonly offset: number },
  ): Promise<{ runs: ListedRun[]; total: number }> {
    const { rows, total } = await readPage<{ document: ScheduleRun; status: TaskStatus | null }>(this.database, {
      name: 'schedule_runs',
      select: 'r.document, t.status',
      from: `read_models.schedule_runs r left join read_models.tasks t on t.id = r.task_id
              where r.schedule_id = $1`,
      ...{ orderBy: 'r.position desc', values: [scheduleId], limit, offset },
    });
    return { runs: rows.map(({ document, status }) => ({ ...document, task_status: status })), total };
  }
}
