import type { CodeReviewDocument, CodeReviewEvent } from '@ao/contracts';
import { derivedId } from '@ao/kernel';
import { deciderSpec, testCommand } from '@ao/kernel/testing';
import { codeReviewDecider, type CommentOnCodeReview, type DecideCodeReview } from './code-review.decider';

const spec = deciderSpec(codeReviewDecider);
const review_id = derivedId('a review');
const agent_id = derivedId('an agent');
const [ADA, BEN] = ['user:ada', 'user:ben'];
const AT = '2026-01-01T00:00:00.000Z';
const change = { commit: 'c1', diff: '-a\n+b\n', files: [{ path: 'a.ts', additions: 1, deletions: 1 }] };
const terms = {
  ...{ ...change, review_id, title: 'Retry once', description: '', agent_id, task_id: null, run_id: null },
  ...{ repository: 'payments', branch: 'retry', base: 'main', requested_by: ADA as string },
};
const requested: CodeReviewEvent = { type: 'CodeReviewRequested', data: { ...terms, requested_at: AT } };
const next = { ...change, commit: 'c2', diff: '-a\n+c\n' };
const revised: CodeReviewEvent = {
  type: 'CodeReviewRevised',
  data: { review_id, revision: 2, ...next, by: `agent:${agent_id}`, at: AT },
};
const approved: CodeReviewEvent = {
  type: 'CodeReviewApproved',
  data: { review_id, revision: 1, comment: '', by: BEN!, at: AT },
};
const decide = (changes: Partial<DecideCodeReview['data']> = {}) =>
  testCommand<'DecideCodeReview', DecideCodeReview['data']>('DecideCodeReview', {
    ...{ review_id, decision: 'approve', comment: '', by: BEN! },
    ...changes,
  });
const comment = (changes: Partial<CommentOnCodeReview['data']> = {}) =>
  testCommand('CommentOnCodeReview', {
    ...{ review_id, body: 'Why?', file: null, line: null, side: null, in_reply_to: null, by: BEN!, any: true },
    ...changes,
  });
const revise = (by: string, to: typeof next = next, any = false) =>
  testCommand('ReviseCodeReview', { review_id, ...to, by, any });

describe('a code review', () => {
  it('should be asked for once', () => {
    const command = testCommand('RequestCodeReview', terms);
    expect(spec.given().when(command).then(requested)).toEqual({ review_id, requested_at: AT });
    expect(spec.given(requested).when(command).then()).toEqual({ review_id, requested_at: AT });
  });

  it('should be approved or rejected once', () => {
    const answer = { review_id, status: 'approved', revision: 1, decided_at: AT };
    expect(spec.given(requested).when(decide()).then(approved)).toEqual(answer);
    spec
      .given(requested)
      .when(decide({ decision: 'reject', comment: 'No' }))
      .then({
        ...{ type: 'CodeReviewRejected', data: { review_id, revision: 1, reason: 'No', by: BEN!, at: AT } },
      });
    spec
      .given(requested, approved)
      .when(decide({ decision: 'reject' }))
      .thenRejected({ code: 'review_not_pending' });
    spec.given().when(decide()).thenRejected({ rejection: 'not_found', code: 'code_review_not_found' });
  });

  it('rejects a decision about work of one’s own, and one about code that was there before', () => {
    for (const by of [ADA!, `agent:${agent_id}`])
      spec.given(requested).when(decide({ by })).thenRejected({ rejection: 'forbidden', code: 'own_review' });
    spec
      .given(requested, revised)
      .when(decide({ revision: 1 }))
      .thenRejected({ code: 'review_changed' });
    spec
      .given(requested, revised)
      .when(decide({ revision: 2 }))
      .thenTypes('CodeReviewApproved');
  });

  it('should wait again once its code is another', () => {
    const again = spec.given(requested, approved).when(revise(`agent:${agent_id}`));
    expect(again.then(revised)).toEqual({ review_id, revision: 2, revised_at: AT });
    const state = [requested, approved, revised].reduce(
      (one: CodeReviewDocument | undefined, event) => codeReviewDecider.evolve(one, event),
      undefined,
    );
    expect(state).toMatchObject({ status: 'pending', revision: 2, decision: null, commit: 'c2' });
    spec.given(requested).when(revise(ADA!, change)).then();
    spec.given(requested).when(revise(BEN!)).thenRejected({ rejection: 'forbidden', code: 'not_yours' });
    spec
      .given(requested)
      .when(revise(BEN!, next, true))
      .thenTypes('CodeReviewRevised');
  });

  it('should be commented on, also by whose work it is', () => {
    const said = spec.given(requested).when(comment({ file: 'a.ts', line: 1, side: 'new' }));
    said.thenTypes('CodeReviewCommented');
    spec
      .given(requested)
      .when(comment({ by: `agent:${agent_id}`, any: false }))
      .thenTypes('CodeReviewCommented');
    spec
      .given(requested)
      .when(comment({ any: false }))
      .thenRejected({ rejection: 'forbidden', code: 'not_yours' });
    spec
      .given(requested)
      .when(comment({ line: 1 }))
      .thenRejected({ rejection: 'invalid', pointer: '/file' });
    const missing = { in_reply_to: derivedId('nothing') };
    spec.given(requested).when(comment(missing)).thenRejected({ rejection: 'invalid', pointer: '/in_reply_to' });
  });

  it('should answer comments, and take so many and no more', () => {
    const { review_id: _review, any: _any, ...what } = comment().data;
    const commented = (index: number): CodeReviewEvent => ({
      type: 'CodeReviewCommented',
      data: { review_id, revision: 1, comment_id: derivedId('comment', index), ...what, at: AT },
    });
    const many = Array.from({ length: 500 }, (_, index) => commented(index));
    const reply = comment({ in_reply_to: derivedId('comment', 3) });
    spec
      .given(requested, ...many.slice(1))
      .when(reply)
      .thenTypes('CodeReviewCommented');
    spec
      .given(requested, ...many)
      .when(reply)
      .thenRejected({ rejection: 'conflict', code: 'too_many_comments' });
  });
});
