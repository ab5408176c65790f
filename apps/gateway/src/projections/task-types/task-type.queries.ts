import type { TaskTypeDocument } from '@ao/contracts';
import type { EventReader } from '@ao/event-log';
import type { Pool } from 'pg';
import { DocumentReader } from '../document.reader';
import { taskTypeProjection } from './task-type.projection';

/** Reads of the model `task_types`. */
export class TaskTypeQueries extends DocumentReader<TaskTypeDocument> {
  constructor(
    private readonly database: Pool,
    log: Pick<EventReader, 'readStream'>,
  ) {
    super(database, log, taskTypeProjection);
  }

  /** By type. */
  async list(page: { limit: number; offset: number }): Promise<{ taskTypes: TaskTypeDocument[]; total: number }> {
    const [found, counted] = await Promise.all([
      this.database.query<{ document: TaskTypeDocument }>({
        name: 'list_task_types',
        text: 'select document from read_models.task_types order by type limit $1 offset $2',
        values: [page.limit, page.offset],
      }),
      this.database.query<{ total: string }>({
        name: 'count_task_types',
        text: 'select count(*) as total from read_models.task_types',
      }),
    ]);
    return { taskTypes: found.rows.map(({ document }) => document), total: Number(counted.rows[0]?.total ?? 0) };
  }
}
