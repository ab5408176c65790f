import type { SshConnectionDocument } from '@ao/contracts';
import type { EventReader } from '@ao/event-log';
import type { Pool } from 'pg';
import { DocumentReader } from '../document.reader';
import { readDocumentPage } from '../page';
import { sshConnectionProjection } from './ssh-connection.projection';

export interface SshConnectionFilter {
  readonly name?: string;
  readonly limit: number;
  readonly offset: number;
}

/** Reads of the model `ssh-connections`. */
export class SshConnectionQueries extends DocumentReader<SshConnectionDocument> {
  constructor(
    private readonly database: Pool,
    log: Pick<EventReader, 'readStream'>,
  ) {
    super(database, log, sshConnectionProjection);
  }

  /** Newest first. */
  async list(filter: SshConnectionFilter): Promise<{ connections: SshConnectionDocument[]; total: number }> {
    const name = filter.name?.normalize('NFC');
    const { documents, total } = await readDocumentPage<SshConnectionDocument>(this.database, {
      name: 'ssh_connections',
      from: 'read_models.ssh_connections where ($1::text is null or name = $1)',
      ...{ orderBy: 'created_at desc, id desc', values: [name], limit: filter.limit, offset: filter.offset },
    });
    return { connections: documents, total };
  }
}
