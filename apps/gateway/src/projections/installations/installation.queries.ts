import type { InstallationDocument, InstallationStatus } from '@ao/contracts';
import type { EventReader } from '@ao/event-log';
import type { Pool } from 'pg';
import { DocumentReader } from '../document.reader';
import { readDocumentPage } from '../page';
import { installationProjection } from './installation.projection';

export interface InstallationFilter {
  readonly templateId?: string;
  readonly status?: InstallationStatus;
  readonly limit: number;
  readonly offset: number;
}

/** Reads of the model `installations`. */
export class InstallationQueries extends DocumentReader<InstallationDocument> {
  constructor(
    private readonly database: Pool,
    log: Pick<EventReader, 'readStream'>,
  ) {
    super(database, log, installationProjection);
  }

  /** Newest first. */
  async list({
    templateId,
    status,
    limit,
    offset,
  }: InstallationFilter): Promise<{ installations: InstallationDocument[]; total: number }> {
    const { documents, total } = await readDocumentPage<InstallationDocument>(this.database, {
      name: 'installations',
      from: 'read_models.installations where ($1::text is null or template_id = $1) and ($2::text is null or status = $2)',
      ...{ orderBy: 'started_at desc, id desc', values: [templateId, status], limit, offset },
    });
    return { installations: documents, total };
  }
}
