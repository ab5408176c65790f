import {
  MAX_REVIEW_COMMENTS,
  codeReviewEvents,
  evolveCodeReview,
  schemaVersionsOf,
  type CodeReviewDocument,
  type CodeReviewEvent,
  type DataOf,
  type commentOnCodeReview,
  type decideCodeReview,
  type requestCodeReview,
  type reviseCodeReview,
} from '@ao/contracts';
import type { Aggregate } from '@ao/event-log';
import {
  accept,
  assertNever,
  isSameJson,
  reject,
  type Command,
  type Decider,
  type Decision,
  type Rejection,
} from '@ao/kernel';

/** Undefined: nobody has asked. */
export type CodeReviewState = CodeReviewDocument | undefined;

export type RequestCodeReview = Command<
  'RequestCodeReview',
  DataOf<typeof requestCodeReview> & { readonly review_id: string }
>;
export type ReviseCodeReview = Command<'ReviseCodeReview', DataOf<typeof reviseCodeReview>>;
export type CommentOnCodeReview = Command<'CommentOnCodeReview', DataOf<typeof commentOnCodeReview>>;
export type DecideCodeReview = Command<'DecideCodeReview', DataOf<typeof decideCodeReview>>;
export type CodeReviewCommand = RequestCodeReview | ReviseCodeReview | CommentOnCodeReview | DecideCodeReview;

const VERBS = { ReviseCodeReview: 'revise', CommentOnCodeReview: 'comment on', DecideCodeReview: 'decide' } as const;

/**
 *     (none) ──asked──▶ pending ──▶ approved | rejected
 *                          ▲                │
 *                          └── other code ──┘
 */
export const codeReviewDecider: Decider<CodeReviewState, CodeReviewCommand, CodeReviewEvent> = {
  initialState: () => undefined,
  evolve: evolveCodeReview,
  decide(command, review): Decision<CodeReviewEvent> {
    if (command.type === 'RequestCodeReview') return review ? accept([], asked(review)) : request(command);
    if (!review) {
      const expected = `Expected to ${VERBS[command.type]} code review '${command.data.review_id}'`;
      return reject('not_found', 'code_review_not_found', `${expected}, but there is none`);
    }
    switch (command.type) {
      case 'ReviseCodeReview':
        return revise(command, review);
      case 'CommentOnCodeReview':
        return comment(command, review);
      case 'DecideCodeReview':
        return decide(command, review);
      default:
        return assertNever(command);
    }
  },
};

function request({ data, metadata }: RequestCodeReview): Decision<CodeReviewEvent> {
  const requested = { ...data, requested_at: metadata.time };
  return accept([{ type: 'CodeReviewRequested', data: requested }], asked(requested));
}

const asked = ({ review_id, requested_at }: Pick<CodeReviewDocument, 'review_id' | 'requested_at'>) => ({
  ...{ review_id, requested_at },
});

function revise({ data, metadata }: ReviseCodeReview, review: CodeReviewDocument): Decision<CodeReviewEvent> {
  const { review_id, by, any, ...change } = data;
  if (!any && !isAuthor(review, by)) return notYours('revise', review_id);
  const { commit, diff, files } = review;
  if (isSameJson(change, { commit, diff, files }))
    return accept([], { review_id, revision: review.revision, revised_at: review.updated_at });
  const revision = review.revision + 1;
  const at = metadata.time;
  const revised = { review_id, revision, ...change, by, at };
  return accept([{ type: 'CodeReviewRevised', data: revised }], { review_id, revision, revised_at: at });
}

function comment({ data, metadata }: CommentOnCodeReview, review: CodeReviewDocument): Decision<CodeReviewEvent> {
  const { any, by, review_id, ...said } = data;
  const { revision, comments } = review;
  if (!any && !isAuthor(review, by)) return notYours('comment on', review_id);
  if (said.file === null && said.line !== null)
    return reject('invalid', 'line_of_nothing', 'must be given with a line', '/file');
  if (said.in_reply_to !== null && !comments.some(({ comment_id }) => comment_id === said.in_reply_to))
    return reject('invalid', 'comment_not_found', 'names no comment of this review', '/in_reply_to');
  if (comments.length >= MAX_REVIEW_COMMENTS) {
    const why = `it has ${MAX_REVIEW_COMMENTS} comments already`;
    return reject('conflict', 'too_many_comments', `Expected to comment on code review '${review_id}', but ${why}`);
  }
  const [comment_id = ''] = metadata.fresh_ids;
  const at = metadata.time;
  const commented = { review_id, revision, comment_id, ...said, by, at };
  return accept([{ type: 'CodeReviewCommented', data: commented }], {
    ...{ review_id, comment_id, revision, commented_at: at },
  });
}

function decide({ data, metadata }: DecideCodeReview, review: CodeReviewDocument): Decision<CodeReviewEvent> {
  const { review_id, decision, comment: said, by } = data;
  const { revision, status } = review;
  const no = (kind: 'conflict' | 'forbidden', code: string, why: string) =>
    reject(kind, code, `Expected to ${decision} code review '${review_id}', but ${why}`);
  if (status !== 'pending') return no('conflict', 'review_not_pending', `it is ${status}`);
  if (isAuthor(review, by)) return no('forbidden', 'own_review', 'nobody decides about work of their own');
  if (data.revision !== undefined && data.revision !== revision)
    return no('conflict', 'review_changed', `its code has revision ${revision} by now: look at it again`);
  const at = metadata.time;
  const answer = (now: CodeReviewDocument['status']) => ({ review_id, status: now, revision, decided_at: at });
  if (decision === 'approve')
    return accept(
      [{ type: 'CodeReviewApproved', data: { review_id, revision, comment: said, by, at } }],
      answer('approved'),
    );
  return accept(
    [{ type: 'CodeReviewRejected', data: { review_id, revision, reason: said, by, at } }],
    answer('rejected'),
  );
}

const isAuthor = ({ requested_by, agent_id }: CodeReviewDocument, by: string): boolean =>
  by === requested_by || (agent_id !== null && by === `agent:${agent_id}`);

function notYours(verb: string, reviewId: string): Rejection {
  return reject('forbidden', 'not_yours', `Expected to ${verb} code review '${reviewId}', but it is another's work`);
}

/** Stream `review-<uuid>`. */
export const codeReviewAggregate: Aggregate<CodeReviewState, CodeReviewCommand, CodeReviewEvent> = {
  category: 'review',
  decider: codeReviewDecider,
  schemaVersions: schemaVersionsOf(codeReviewEvents),
  freshIds: 1,
};
