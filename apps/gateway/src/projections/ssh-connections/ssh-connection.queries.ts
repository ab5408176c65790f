import type { SshConnectionDocument } from '@ao/contracts';
import type { EventReader } from '@ao/event-log';
import type { Pool } from 'pg';
import { DocumentReader } from '../document.reader';
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
    const [page, counted] = await Promise.all([
      this.database.query<{ document: SshConnectionDocument }>({
        name: 'list_ssh_connections',
        text: `select document from read_models.ssh_connections where ($1::text is null or name = $1)
                order by created_at desc, id desc limit $2 offset $3`,
        values: [name, filter.limit, filter.offset],
      }),
      this.database.query<{ total: string }>({
        name: 'count_ssh_connections',
        text: 'select count(*) as total from read_models.ssh_connections where ($1::text is null or name = $1)',
        values: [name],
      }),
    ]);
    return { connections: page.rows.map(({ document }) => document), total: Number(counted.rows[0]?.total ?? 0) };
  }
}
