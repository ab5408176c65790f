import type { TaskTypeDocument } from '@ao/contracts';
import type { EventReader } from '@ao/event-log';
import type { Pool } from 'pg';
import { DocumentReader } from '../document.reader';
import { readDocumentPage } from '../page';
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
    const { documents, total } = await readDocumentPage<TaskTypeDocument>(this.database, {
      ...{ name: 'task_types', from: 'read_models.task_types', orderBy: 'type', ...page },
    });
    return { taskTypes: documents, total };
  }
}
