import type { ChannelDocument } from '@ao/contracts';
import type { EventReader } from '@ao/event-log';
import type { Pool } from 'pg';
import { DocumentReader } from '../document.reader';
import { readDocumentPage } from '../page';
import { channelProjection } from './channel.projection';

export interface ChannelFilter {
  readonly type?: ChannelDocument['type'];
  readonly status?: ChannelDocument['status'];
  readonly limit: number;
  readonly offset: number;
}

/** Reads of the model `channels`. */
export class ChannelQueries extends DocumentReader<ChannelDocument> {
  constructor(
    private readonly database: Pool,
    log: Pick<EventReader, 'readStream'>,
  ) {
    super(database, log, channelProjection);
  }

  /** Newest first. */
  async list({ type, status, limit, offset }: ChannelFilter): Promise<{ channels: ChannelDocument[]; total: number }> {
    const { documents, total } = await readDocumentPage<ChannelDocument>(this.database, {
      name: 'channels',
      from: 'read_models.channels where ($1::text is null or type = $1) and ($2::text is null or status = $2)',
      ...{ orderBy: 'created_at desc, id desc', values: [type, status], limit, offset },
    });
    return { channels: documents, total };
  }
}
