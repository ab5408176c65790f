import { z } from 'zod';
import { command, event, type DataOf, type EventOf } from '../contract';
import { Id, Time, text } from '../text';

const CATEGORY = 'review';

export const CODE_REVIEW_STATUSES = ['pending', 'approved', 'rejected'] as const;
export const CodeReviewStatus = z.enum(CODE_REVIEW_STATUSES);
export type CodeReviewStatus = z.infer<typeof CodeReviewStatus>;

/** In characters. */
export const MAX_DIFF = 128 * 1_024;
/** Of one review: they are read together. */
export const MAX_REVIEW_COMMENTS = 500;

/** A path in a repository: neither absolute nor upwards. */
const Path = text(1_000, 1);

export const ReviewedFile = z.object({
  path: Path,
  additions: z.int().min(0).max(10_000_000),
  deletions: z.int().min(0).max(10_000_000),
});

/** What is to be reviewed, as it is at one time. */
const Change = z.object({
  commit: text(64),
  /** In whatever form the repository's tools write it. */
  diff: text(MAX_DIFF),
  files: z.array(ReviewedFile).max(500),
});

export const CodeReviewTerms = Change.extend({
  title: text(200, 1),
  description: text(8_000),
  /** Whose work it is, and in the course of what. */
  agent_id: Id.nullable(),
  task_id: Id.nullable(),
  run_id: Id.nullable(),
  repository: text(1_000, 1),
  branch: text(255),
  /** What the branch is compared with. */
  base: text(255),
});
export type CodeReviewTerms = z.infer<typeof CodeReviewTerms>;

const SIDES = ['old', 'new'] as const;
/** Where a comment stands: with a line only where there is a file. */
const Place = z.object({
  file: Path.nullable(),
  line: z.int().min(1).max(10_000_000).nullable(),
  side: z.enum(SIDES).nullable(),
  in_reply_to: Id.nullable(),
});
const Comment = Place.extend({ body: text(8_000, 1) });

/** `by`: `<type>:<id>` of an actor, the person behind a key where there is one. */
const By = z.object({ by: text(200, 1), at: Time });
/** `revision`: of the change that it is about, from 1. */
const OfRevision = z.object({ review_id: Id, revision: z.int().min(1) });

/** Stream `review-<uuid>`. */
export const codeReviewEvents = {
  CodeReviewRequested: event(
    CATEGORY,
    'CodeReviewRequested',
    1,
    CodeReviewTerms.extend({ review_id: Id, requested_by: text(200, 1), requested_at: Time }),
  ),
  /** Other code: what was decided was decided about the code before. */
  CodeReviewRevised: event(CATEGORY, 'CodeReviewRevised', 1, OfRevision.extend(Change.shape).extend(By.shape)),
  CodeReviewCommented: event(
    CATEGORY,
    'CodeReviewCommented',
    1,
    OfRevision.extend({ comment_id: Id }).extend(Comment.shape).extend(By.shape),
  ),
  CodeReviewApproved: event(
    CATEGORY,
    'CodeReviewApproved',
    1,
    OfRevision.extend({ comment: text(8_000) }).extend(By.shape),
  ),
  CodeReviewRejected: event(
    CATEGORY,
    'CodeReviewRejected',
    1,
    OfRevision.extend({ reason: text(8_000) }).extend(By.shape),
  ),
} as const;
export type CodeReviewEvent = EventOf<typeof codeReviewEvents>;

export const ReviewComment = Comment.extend({ comment_id: Id, revision: z.int() }).extend(By.shape);
export type ReviewComment = z.infer<typeof ReviewComment>;
/** `comment`: what was said with it. */
export const ReviewDecision = z
  .object({ decision: z.enum(['approved', 'rejected']), revision: z.int(), comment: z.string() })
  .extend(By.shape);
export type ReviewDecision = z.infer<typeof ReviewDecision>;

export const CodeReviewDocument = CodeReviewTerms.extend({
  review_id: Id,
  status: CodeReviewStatus,
  revision: z.int(),
  comments: z.array(ReviewComment),
  /** The newest; null while it waits, also for another one after its code changed. */
  decision: ReviewDecision.nullable(),
  requested_by: z.string(),
  requested_at: Time,
  updated_at: Time,
});
export type CodeReviewDocument = z.infer<typeof CodeReviewDocument>;

/** The review after one more event. Every reader folds with this function. */
export function evolveCodeReview(
  review: CodeReviewDocument | undefined,
  event: CodeReviewEvent,
): CodeReviewDocument | undefined {
  if (event.type === 'CodeReviewRequested') {
    const { requested_at } = event.data;
    return { ...event.data, status: 'pending', revision: 1, comments: [], decision: null, updated_at: requested_at };
  }
  if (!review) return review;
  switch (event.type) {
    case 'CodeReviewRevised': {
      const { revision, commit, diff, files, at } = event.data;
      return { ...review, revision, commit, diff, files, status: 'pending', decision: null, updated_at: at };
    }
    case 'CodeReviewCommented': {
      const { review_id: _review, ...comment } = event.data;
      return { ...review, comments: [...review.comments, comment], updated_at: comment.at };
    }
    case 'CodeReviewApproved': {
      const { revision, comment, by, at } = event.data;
      const decision = { decision: 'approved', revision, comment, by, at } as const;
      return { ...review, status: 'approved', decision, updated_at: at };
    }
    case 'CodeReviewRejected': {
      const { revision, reason, by, at } = event.data;
      const decision = { decision: 'rejected', revision, comment: reason, by, at } as const;
      return { ...review, status: 'rejected', decision, updated_at: at };
    }
    default:
      return review;
  }
}

export const requestCodeReview = command(
  'workflows.request_code_review',
  CodeReviewTerms.extend({ requested_by: text(200, 1) }),
  z.object({ review_id: Id, requested_at: Time }),
);

/** Whose work it is: who asked, or the agent that it is of. `any`: whoever. 403 `not_yours`. */
const OfAuthor = z.object({ review_id: Id, by: text(200, 1), any: z.boolean() });

/** A change that says nothing new is none. */
export const reviseCodeReview = command(
  'workflows.revise_code_review',
  OfAuthor.extend(Change.shape),
  z.object({ review_id: Id, revision: z.int(), revised_at: Time }),
);

/** 409 `too_many_comments`; 422 at `/in_reply_to` for a comment that is not of this review, at `/file` for a line of nothing. */
export const commentOnCodeReview = command(
  'workflows.comment_on_code_review',
  OfAuthor.extend(Comment.shape),
  z.object({ review_id: Id, comment_id: Id, revision: z.int(), commented_at: Time }),
);

/** 403 `own_review`; 409 `review_not_pending`, `review_changed` when `revision` is given and the code is another by now. */
export const decideCodeReview = command(
  'workflows.decide_code_review',
  z.object({
    review_id: Id,
    decision: z.enum(['approve', 'reject']),
    comment: text(8_000),
    revision: z.int().min(1).optional(),
    by: text(200, 1),
  }),
  z.object({ review_id: Id, status: CodeReviewStatus, revision: z.int(), decided_at: Time }),
);
export type DecideCodeReview = DataOf<typeof decideCodeReview>;
