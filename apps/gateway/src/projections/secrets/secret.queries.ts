import type { SecretDocument } from '@ao/contracts';
import type { EventReader } from '@ao/event-log';
import type { Pool } from 'pg';
import { DocumentReader } from '../document.reader';
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
    const [page, counted] = await Promise.all([
      this.database.query<{ document: SecretDocument }>({
        name: 'list_secrets',
        text: `select document from read_models.secrets where ($1::text is null or category = $1)
                order by created_at desc, id desc limit $2 offset $3`,
        values: [category, limit, offset],
      }),
      this.database.query<{ total: string }>({
        name: 'count_secrets',
        text: 'select count(*) as total from read_models.secrets where ($1::text is null or category = $1)',
        values: [category],
      }),
    ]);
    return { secrets: page.rows.map(({ document }) => document), total: Number(counted.rows[0]?.total ?? 0) };
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
