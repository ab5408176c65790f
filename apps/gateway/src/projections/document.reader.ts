import type { EventReader } from '@ao/event-log';
import { streamId } from '@ao/kernel';
import { foldAsOf, tableName, type Projection } from '@ao/projections';
import type { Pool } from 'pg';
import { BatchReader } from './batch-reader';

const NOW = { position: Number.MAX_SAFE_INTEGER };

/** Single documents of a read model whose documents are folded from one stream each. */
export class DocumentReader<Document extends object> {
  private readonly byId: BatchReader<Document>;

  constructor(
    private readonly pool: Pool,
    private readonly log: Pick<EventReader, 'readStream'>,
    private readonly projection: Projection<Document>,
  ) {
    this.byId = new BatchReader((ids) => this.readMany(ids));
  }

  find(id: string): Promise<Document | undefined> {
    return this.byId.load(id);
  }

  async findMany(ids: readonly string[]): Promise<Map<string, Document>> {
    return ids.length === 0 ? new Map() : this.readMany([...new Set(ids)]);
  }

  /** As the log has it: for the answer to a write, which must not depend on how far the model is. */
  async fresh(id: string): Promise<Document | undefined> {
    const [category] = this.projection.categories;
    const found = await foldAsOf(this.log, this.projection, streamId(category ?? '', id), NOW);
    return found?.document;
  }

  private async readMany(ids: readonly string[]): Promise<Map<string, Document>> {
    const table = tableName(this.projection.table).sql;
    const { rows } = await this.pool.query<{ id: string; document: Document }>({
      name: `find ${this.projection.name}`,
      text: `select id, document from ${table} where id = any($1)`,
      values: [ids],
    });
    return new Map(rows.map(({ id, document }) => [id, document]));
  }
}
