import type { CodeReviewDocument, CodeReviewStatus } from '@ao/contracts';
import type { EventReader } from '@ao/event-log';
import type { Pool } from 'pg';
import { DocumentReader } from '../document.reader';
import { readPage } from '../page';
import { codeReviewProjection } from './code-review.projection';

/** Lists leave out what is long. */
export type ListedCodeReview = Omit<CodeReviewDocument, 'diff' | 'files' | 'comments'> & {
  readonly comment_count: number;
};

export interface CodeReviewFilter {
  readonly status?: CodeReviewStatus;
  readonly agent_id?: string;
  /** Whose work it is: an actor as `<type>:<id>` who asked, or the agent that it is of. */
  readonly author?: string;
  readonly limit: number;
  readonly offset: number;
}

/** Reads of the model `code_reviews`. */
export class CodeReviewQueries extends DocumentReader<CodeReviewDocument> {
  constructor(
    private readonly database: Pool,
    log: Pick<EventReader, 'readStream'>,
  ) {
    super(database, log, codeReviewProjection);
  }

  /** Those asked for last come first. */
  async list(filter: CodeReviewFilter): Promise<{ reviews: ListedCodeReview[]; total: number }> {
    const { status, agent_id, author, limit, offset } = filter;
    const { rows, total } = await readPage<{
      document: Omit<ListedCodeReview, 'comment_count'>;
      comment_count: number;
    }>(this.database, {
      name: 'code_reviews',
      select: `(document::jsonb - '{diff,files,comments}'::text[])::json as document, comment_count`,
      from: `read_models.code_reviews
                where ($1::text is null or status = $1) and ($2::text is null or agent_id = $2)
                  and ($3::text is null or requested_by = $3 or 'agent:' || agent_id = $3)`,
      orderBy: 'requested_at desc, id desc',
      values: [status, agent_id, author],
      ...{ limit, offset },
    });
    return { reviews: rows.map(({ document, comment_count }) => ({ ...document, comment_count })), total };
  }
}
