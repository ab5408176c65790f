import type { SecretDocument } from '@ao/contracts';
import type { EventReader } from '@ao/event-log';
import type { Pool } from 'pg';
import { DocumentReader } from '../document.reader';
import { readDocumentPage } from '../page';
import { secretProjection } from './secret.projection';

export interface SecretFilter {
  readonly category?: string;
  readonly limit: number;
  readonly offset: number;
}

/** Reads of the model `secrets`. */
export class SecretQueries extends DocumentReader<SecretDocument> {
  constructor(
    private readonly database: Pool,
    log: Pick<EventReader, 'readStream'>,
  ) {
    super(database, log, secretProjection);
  }

  async findNamed(name: string): Promise<SecretDocument | undefined> {
    const { rows } = await this.database.query<{ document: SecretDocument }>({
      name: 'find_secret_named',
      text: 'select document from read_models.secrets where name = $1',
      values: [name.normalize('NFC')],
    });
    return rows[0]?.document;
  }

  /** Newest first. */
  async list({ category, limit, offset }: SecretFilter): Promise<{ secrets: SecretDocument[]; total: number }> {
    const { documents, total } = await readDocumentPage<SecretDocument>(this.database, {
      name: 'secrets',
      from: 'read_models.secrets where ($1::text is null or category = $1)',
      ...{ orderBy: 'created_at desc, id desc', values: [category], limit, offset },
    });
    return { secrets: documents, total };
  }

  /** Those that expire by then, the soonest first; the expired too. */
  async listExpiring(by: Date, limit: number): Promise<SecretDocument[]> {
    const { rows } = await this.database.query<{ document: SecretDocument }>({
      name: 'list_expiring_secrets',
      text: `select document from read_models.secrets where expires_at <= $1 order by expires_at, id limit $2`,
      values: [by, limit],
    });
    return rows.map(({ document }) => document);
  }
}
