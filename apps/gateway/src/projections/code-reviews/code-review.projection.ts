import { evolveCodeReview, type CodeReviewDocument, type CodeReviewEvent } from '@ao/contracts';
import type { RecordedEvent } from '@ao/event-log';
import { idOf } from '@ao/kernel';
import type { Projection } from '@ao/projections';

export const CODE_REVIEWS = 'code_reviews';

/** One row per review that was ever asked for. */
export const codeReviewProjection: Projection<CodeReviewDocument> = {
  name: CODE_REVIEWS,
  version: 1,
  categories: ['review'],
  table: 'read_models.code_reviews',
  key: (event) => idOf(event.stream_id),
  evolve: (review, event) => evolveCodeReview(review, event as RecordedEvent & CodeReviewEvent),
  columns: ({ status, agent_id, requested_by, requested_at, comments }) => ({
    ...{ status, agent_id, requested_by, requested_at, comment_count: comments.length },
  }),
};
