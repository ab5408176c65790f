import type { AlertDocument, AlertKind, Severity } from '@ao/contracts';
import type { EventReader } from '@ao/event-log';
import type { Pool } from 'pg';
import { DocumentReader } from '../document.reader';
import { readDocumentPage } from '../page';
import { alertProjection } from './alert.projection';

export interface AlertFilter {
  readonly status?: AlertDocument['status'];
  readonly kind?: AlertKind;
  readonly severity?: Severity;
  readonly limit: number;
  readonly offset: number;
}

/** Reads of the model `alerts`. */
export class AlertQueries extends DocumentReader<AlertDocument> {
  constructor(
    private readonly database: Pool,
    log: Pick<EventReader, 'readStream'>,
  ) {
    super(database, log, alertProjection);
  }

  /** Those raised last first. */
  async list(filter: AlertFilter): Promise<{ alerts: AlertDocument[]; total: number }> {
    const { status, kind, severity, limit, offset } = filter;
    const { documents, total } = await readDocumentPage<AlertDocument>(this.database, {
      name: 'alerts',
      from: `read_models.alerts where ($1::text is null or status = $1) and ($2::text is null or kind = $2)
               and ($3::text is null or severity = $3)`,
      ...{ orderBy: 'raised_at desc, id desc', values: [status, kind, severity], limit, offset },
    });
    return { alerts: documents, total };
  }
}
