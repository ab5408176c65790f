import { evolveApproval, type ApprovalDocument, type ApprovalEvent } from '@ao/contracts';
import { derivedId, isRejection } from '@ao/kernel';
import { deciderSpec, testCommand } from '@ao/kernel/testing';
import fc from 'fast-check';
import { approvalDecider, type ApprovalCommand, type CastVote, type RequestApproval } from './approval.decider';
import { argumentsHash } from './arguments-hash';

const spec = deciderSpec(approvalDecider);
const approval_id = derivedId('an approval');
const [ADA, BEN, CYD] = ['ada', 'ben', 'cyd'].map((name) => derivedId(name)) as [string, string, string];
const person = (id: string) => `user:${id}`;
const AT = '2026-01-01T00:00:00.000Z';
const later = (seconds: number) => new Date(Date.parse(AT) + seconds * 1_000).toISOString();
const asked = { version: '4.2.0', target: 'production' };
const hash = argumentsHash(asked);

const terms: RequestApproval['data'] = {
  ...{ approval_id, title: 'Deploy', description: '', arguments: asked, required: 1, roles: [], users: [] },
  ...{ allow_self: false, expires_seconds: null, requested_by: person(ADA), run: null },
};
const { expires_seconds: _seconds, ...kept } = terms;
const requested = (changes: Partial<ApprovalDocument> = {}): ApprovalEvent => ({
  type: 'ApprovalRequested',
  data: { ...kept, arguments_hash: hash, expires_at: null, requested_at: AT, ...changes },
});
const request = (changes: Partial<RequestApproval['data']> = {}) =>
  testCommand('RequestApproval', { ...terms, ...changes });
const vote = (by: string, changes: Partial<CastVote['data']> = {}, time = AT) =>
  testCommand<'CastVote', CastVote['data']>(
    'CastVote',
    { approval_id, vote: 'approve', comment: '', by, roles: ['operator'], ...changes },
    { time },
  );
const voted = (by: string, how: 'approve' | 'reject' = 'approve', comment = ''): ApprovalEvent => ({
  type: 'ApprovalVoted',
  data: { approval_id, by, vote: how, comment, arguments_hash: hash, at: AT },
});
const granted: ApprovalEvent = { type: 'ApprovalGranted', data: { approval_id, at: AT } };
const voidedBy = (reason: string): ApprovalEvent => ({ type: 'ApprovalVoided', data: { approval_id, reason, at: AT } });
const expire = (time: string) => testCommand('ExpireApproval', { approval_id }, { time });

describe('an approval', () => {
  it('should be asked for once, with the hash of what is asked and the moment it ends', () => {
    const result = spec
      .given()
      .when(request({ expires_seconds: 1.5 }))
      .then(requested({ expires_at: later(1.5) }));
    expect(result).toEqual({ approval_id, arguments_hash: hash, requested_at: AT });
    expect(spec.given(requested()).when(request()).then()).toEqual(result);
  });

  it.each<[Partial<RequestApproval['data']>, string]>([
    [{ users: [BEN, BEN], required: 2 }, '/required'],
    [{ users: [ADA, BEN], required: 2 }, '/required'],
    [{ users: [ADA] }, '/required'],
    [{ roles: ['approver', 'auditor'] }, '/roles/1'],
    [{ arguments: 'x'.repeat(128 * 1_024) }, '/arguments'],
  ])('rejects what nobody could ever grant: %#', (changes, pointer) => {
    spec.given().when(request(changes)).thenRejected({ rejection: 'invalid', pointer });
  });

  it('should take so many who may decide, the asker among them only where that is allowed', () => {
    spec
      .given()
      .when(request({ users: [ADA, BEN], required: 2, allow_self: true }))
      .thenTypes('ApprovalRequested');
    spec
      .given()
      .when(request({ users: [ADA], roles: ['approver'], required: 2 }))
      .thenTypes('ApprovalRequested');
  });

  it('should be granted by as many as are required, each of whom counts once', () => {
    const two = requested({ required: 2 });
    const counts = { approval_id, required: 2, decided_at: AT };
    expect(
      spec
        .given(two)
        .when(vote(person(BEN)))
        .then(voted(person(BEN))),
    ).toEqual({
      ...{ ...counts, status: 'pending', approvals: 1 },
    });
    spec
      .given(two, voted(person(BEN)))
      .when(vote(person(BEN)))
      .thenRejected({ rejection: 'conflict', code: 'already_voted' });
    expect(
      spec
        .given(two, voted(person(BEN)))
        .when(vote(person(CYD)))
        .then(voted(person(CYD)), granted),
    ).toEqual({
      ...{ ...counts, status: 'approved', approvals: 2 },
    });
  });

  it('should end with one rejection, whatever was said before', () => {
    const comment = 'Not on a Friday';
    const rejection = spec
      .given(requested({ required: 2 }), voted(person(BEN)))
      .when(vote(person(CYD), { vote: 'reject', comment }));
    rejection.then(voted(person(CYD), 'reject', comment), {
      type: 'ApprovalRejected',
      data: { approval_id, by: person(CYD), comment, at: AT },
    });
  });

  it('rejects whoever asked, unless that is allowed', () => {
    for (const how of ['approve', 'reject'] as const)
      spec
        .given(requested())
        .when(vote(person(ADA), { vote: how }))
        .thenRejected({ rejection: 'forbidden', code: 'own_approval' });
    spec
      .given(requested({ allow_self: true }))
      .when(vote(person(ADA)))
      .thenTypes('ApprovalVoted', 'ApprovalGranted');
  });

  it('should be for people with one of the roles and for the people it names', () => {
    const named = requested({ roles: ['approver'], users: [CYD] });
    spec
      .given(named)
      .when(vote(person(BEN)))
      .thenRejected({ rejection: 'forbidden', code: 'not_an_approver' });
    spec
      .given(named)
      .when(vote('api_key:' + CYD))
      .thenRejected({ code: 'not_an_approver' });
    spec
      .given(named)
      .when(vote(person(CYD)))
      .thenTypes('ApprovalVoted', 'ApprovalGranted');
    spec
      .given(named)
      .when(vote(person(BEN), { roles: ['approver'] }))
      .thenTypes('ApprovalVoted', 'ApprovalGranted');
  });

  it('rejects a decision about other arguments than those that are asked about', () => {
    const other = argumentsHash({ ...asked, version: '4.2.1' });
    for (const how of ['approve', 'reject'] as const)
      spec
        .given(requested())
        .when(vote(person(BEN), { vote: how, arguments_hash: other }))
        .thenRejected({ rejection: 'conflict', code: 'arguments_changed' });
    spec
      .given(requested())
      .when(vote(person(BEN), { arguments_hash: hash }))
      .thenTypes('ApprovalVoted', 'ApprovalGranted');
  });

  it('should expire at its time and not a moment before, and take no vote from then on', () => {
    const timed = requested({ expires_at: later(60) });
    spec
      .given(timed)
      .when(expire(later(59.999)))
      .thenRejected({ rejection: 'conflict', code: 'approval_not_due' });
    spec
      .given(timed)
      .when(vote(person(BEN), {}, later(59.999)))
      .thenTypes('ApprovalVoted', 'ApprovalGranted');
    spec
      .given(timed)
      .when(vote(person(BEN), {}, later(60)))
      .thenRejected({ code: 'approval_not_pending' });
    spec
      .given(timed)
      .when(expire(later(60)))
      .then({ type: 'ApprovalExpired', data: { approval_id, at: later(60) } });
    spec
      .given(timed, granted)
      .when(expire(later(61)))
      .then();
    spec
      .given(requested())
      .when(expire(later(61)))
      .then();
    spec
      .given()
      .when(expire(later(61)))
      .then();
  });

  it('should be cancelled by who asked or by whoever may, once', () => {
    const cancel = (by: string, any = false) => testCommand('CancelApproval', { approval_id, by, any });
    spec
      .given(requested())
      .when(cancel(person(BEN)))
      .thenRejected({ rejection: 'forbidden', code: 'not_yours' });
    spec
      .given(requested())
      .when(cancel(person(ADA)))
      .then(voidedBy('cancelled'));
    spec
      .given(requested())
      .when(cancel(person(BEN), true))
      .then(voidedBy('cancelled'));
    spec
      .given(requested(), voidedBy('cancelled'))
      .when(cancel(person(ADA)))
      .then();
    spec
      .given(requested(), granted)
      .when(cancel(person(ADA)))
      .thenRejected({ code: 'approval_not_pending' });
    spec
      .given()
      .when(cancel(person(ADA)))
      .thenRejected({ rejection: 'not_found' });
  });

  it('should be void with other arguments, also when it was granted', () => {
    const change = (value: unknown, by = person(ADA)) =>
      testCommand('ChangeApproval', { approval_id, arguments: value, by, any: false });
    const other = { ...asked, version: '4.2.1' };
    const answer = { approval_id, status: 'voided', arguments_hash: argumentsHash(other) };
    expect(spec.given(requested()).when(change(other)).then(voidedBy('arguments_changed'))).toEqual(answer);
    expect(spec.given(requested(), granted).when(change(other)).then(voidedBy('arguments_changed'))).toEqual(answer);
    const inOtherOrder = { target: 'production', version: '4.2.0' };
    expect(spec.given(requested()).when(change(inOtherOrder)).then()).toMatchObject({ arguments_hash: hash });
    spec
      .given(requested())
      .when(change(other, person(BEN)))
      .thenRejected({ code: 'not_yours' });
    spec.given(requested(), voidedBy('cancelled')).when(change(other)).thenRejected({ code: 'approval_not_pending' });
    const run = { run_id: derivedId('a run'), node: 'ask' };
    spec.given(requested({ run })).when(change(other)).thenRejected({ rejection: 'conflict', code: 'approval_of_run' });
  });

  it('should be void when its run has ended, and stay as it ended otherwise', () => {
    const voidIt = testCommand('VoidApproval', { approval_id, reason: 'run_ended' });
    spec.given(requested()).when(voidIt).then(voidedBy('run_ended'));
    spec.given(requested(), granted).when(voidIt).then();
    spec.given().when(voidIt).then();
  });

  it('should be decided exactly once, in whatever order everything arrives', () => {
    const voters = Array.from({ length: 6 }, (_, index) => person(derivedId('voter', index)));
    const commands: fc.Arbitrary<ApprovalCommand> = fc.oneof(
      fc
        .tuple(fc.constantFrom(...voters), fc.constantFrom('approve' as const, 'approve' as const, 'reject' as const))
        .map(([by, how]) => vote(by, { vote: how })),
      fc.constantFrom(later(59), later(61)).map((time) => expire(time)),
      fc.constant(testCommand('CancelApproval', { approval_id, by: person(ADA), any: false })),
      fc.constant(testCommand('VoidApproval', { approval_id, reason: 'run_ended' })),
      fc.constant(request()),
    );
    fc.assert(
      fc.property(fc.array(commands, { maxLength: 30 }), fc.integer({ min: 1, max: 4 }), (arriving, required) => {
        const events: ApprovalEvent[] = [requested({ required, expires_at: later(60) })];
        let state = events.reduce(evolveApproval, undefined);
        for (const command of arriving) {
          const decision = approvalDecider.decide(command, state);
          if (isRejection(decision)) continue;
          events.push(...decision.events);
          state = decision.events.reduce(evolveApproval, state);
        }
        const types = events.map(({ type }) => type);
        const ends = types.filter((type) => type !== 'ApprovalRequested' && type !== 'ApprovalVoted');
        expect(ends.length).toBe(state?.status === 'pending' ? 0 : 1);
        const votes = state?.votes ?? [];
        expect(new Set(votes.map(({ by }) => by)).size).toBe(votes.length);
        const approvals = votes.filter(({ vote: how }) => how === 'approve').length;
        expect(ends[0] === 'ApprovalGranted').toBe(approvals === required);
      }),
    );
  });
});
