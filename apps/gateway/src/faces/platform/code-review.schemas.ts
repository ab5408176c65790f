import { CODE_REVIEW_STATUSES, CodeReviewTerms, ReviewDecision, ReviewedFile, text } from '@ao/contracts';
import { createZodDto } from '../../http/zod-dto';
import { z } from 'zod';
import { AtLeast } from '../query.schemas';
import { AgentReference } from './task-order.schemas';
import { Page, Timestamp } from './user.schemas';

const terms = CodeReviewTerms.shape;
const MAX_LINE = 10_000_000;

const Change = z.object({
  commit: terms.commit.default(''),
  /** In whatever form the repository's tools write it, up to 128 Ki characters. */
  diff: terms.diff.default(''),
  files: terms.files.default([]),
});

/** `POST /api/v1/code-reviews` */
export class CodeReviewBodyDto extends createZodDto(
  Change.extend({
    title: terms.title,
    description: terms.description.default(''),
    /** Whose work it is; of an agent that asks: its own. */
    agent_id: AgentReference.nullable().default(null),
    task_id: terms.task_id.default(null),
    run_id: terms.run_id.default(null),
    repository: terms.repository,
    branch: terms.branch.default(''),
    /** What the branch is compared with. */
    base: terms.base.default(''),
  }).meta({
    example: {
      title: 'Retry payments once',
      repository: 'https://git.example.org/payments.git',
      branch: 'retry-once',
      base: 'main',
      commit: '3f2a9c1',
      diff: '--- a/pay.ts\n+++ b/pay.ts\n@@ -1 +1 @@\n-pay();\n+retry(pay);\n',
      files: [{ path: 'pay.ts', additions: 1, deletions: 1 }],
    },
  }),
) {}

/** `PUT /api/v1/code-reviews/{id}`: the code as it is now. */
export class CodeReviewRevisionDto extends createZodDto(
  Change.extend({ commit: terms.commit, diff: terms.diff, files: terms.files }).meta({
    example: { commit: '9b1d2e7', diff: '', files: [] },
  }),
) {}

/** With the revision that was looked at, what is decided is that and nothing newer. */
export class CodeReviewDecisionDto extends createZodDto(
  z
    .object({ comment: text(8_000).default(''), revision: z.int().min(1).max(1_000_000).optional() })
    .meta({ example: { comment: 'Good to go', revision: 2 } }),
) {}

export class CodeReviewRejectionDto extends createZodDto(
  z
    .object({ reason: text(8_000).default(''), revision: z.int().min(1).max(1_000_000).optional() })
    .meta({ example: { reason: 'Two retries would pay twice' } }),
) {}

/** A line only where there is a file. */
export class CodeReviewCommentDto extends createZodDto(
  z
    .object({
      body: text(8_000, 1),
      file: text(1_000, 1).nullable().default(null),
      line: z.int().min(1).max(MAX_LINE).nullable().default(null),
      side: z.enum(['old', 'new']).nullable().default(null),
      in_reply_to: z.uuid().toLowerCase().nullable().default(null),
    })
    .meta({ example: { body: 'What if it is paid twice?', file: 'pay.ts', line: 1, side: 'new' } }),
) {}

export class CodeReviewListQueryDto extends createZodDto(
  Page.extend({
    status: z.enum(CODE_REVIEW_STATUSES).optional(),
    agent_id: z.string().min(1).max(200).optional(),
  }),
) {}
export class CodeReviewQueryDto extends createZodDto(z.object({ at_least: AtLeast })) {}

export const ListedCodeReview = z.object({
  id: z.uuid(),
  title: z.string(),
  description: z.string(),
  status: z.enum(CODE_REVIEW_STATUSES),
  agent_id: z.uuid().nullable(),
  task_id: z.uuid().nullable(),
  run_id: z.uuid().nullable(),
  repository: z.string(),
  branch: z.string(),
  base: z.string(),
  commit: z.string(),
  /** From 1; the newest decision is about this one, or there is none. */
  revision: z.int(),
  decision: ReviewDecision.nullable(),
  comment_count: z.int(),
  requested_by: z.string(),
  requested_at: Timestamp,
  updated_at: Timestamp,
});
export type ListedCodeReviewShown = z.infer<typeof ListedCodeReview>;
export class ListedCodeReviewDto extends createZodDto(ListedCodeReview) {}

export const ShownComment = z.object({
  id: z.uuid(),
  body: z.string(),
  file: z.string().nullable(),
  line: z.int().nullable(),
  side: z.enum(['old', 'new']).nullable(),
  in_reply_to: z.uuid().nullable(),
  /** The revision that was there when it was said. */
  revision: z.int(),
  by: z.string(),
  at: Timestamp,
});

export const ShownCodeReview = ListedCodeReview.extend({
  diff: z.string(),
  files: z.array(ReviewedFile),
  /** In the order in which they were said. */
  comments: z.array(ShownComment),
});
export type ShownCodeReview = z.infer<typeof ShownCodeReview>;
export class ShownCodeReviewDto extends createZodDto(ShownCodeReview) {}
