import type { CodeReviewDocument } from '@ao/contracts';
import type { ListedCodeReview } from '../../projections/code-reviews/code-review.queries';
import type { ListedCodeReviewShown, ShownCodeReview } from './code-review.schemas';

export function presentListedCodeReview({ review_id, ...review }: ListedCodeReview): ListedCodeReviewShown {
  return { id: review_id, ...review };
}

export function presentCodeReview({ diff, files, comments, ...review }: CodeReviewDocument): ShownCodeReview {
  return {
    ...presentListedCodeReview({ ...review, comment_count: comments.length }),
    ...{ diff, files, comments: comments.map(({ comment_id, ...comment }) => ({ id: comment_id, ...comment })) },
  };
}
