import type { RuleEvent, RuleTerms } from '@ao/contracts';
import { deciderSpec, testCommand } from '@ao/kernel/testing';
import { ruleDecider } from './rule.decider';
import { terms } from './rule.testing';

const ID = '01900000-0000-7000-8000-000000000001';
const T0 = '2026-01-01T00:00:00.000Z';
const T1 = '2026-01-01T00:00:01.000Z';

const created = (changes: Partial<RuleTerms> = {}): RuleEvent => ({
  type: 'RuleCreated',
  data: { rule_id: ID, ...terms, ...changes, created_at: T0 },
});
const create = (changes: Partial<RuleTerms> = {}) =>
  testCommand('CreateRule', { rule_id: ID, ...terms, ...changes }, { time: T0 });
const change = (changes: Partial<RuleTerms>) => testCommand('ChangeRule', { rule_id: ID, ...changes }, { time: T1 });
const remove = testCommand('DeleteRule', { rule_id: ID }, { time: T1 });

const { given } = deciderSpec(ruleDecider);

describe('a rule', () => {
  it('should be created, once', () => {
    expect(given().when(create()).then(created())).toEqual({ rule_id: ID, created_at: T0 });
    given(created()).when(create()).thenRejected({ rejection: 'conflict', code: 'rule_exists' });
  });

  it('should change in what is given, and only then', () => {
    const throttle = { max: 3, seconds: 60 };
    const changed: RuleEvent = { type: 'RuleChanged', data: { rule_id: ID, ...terms, throttle, at: T1 } };
    given(created()).when(change({ throttle })).then(changed);
    given(created(), changed)
      .when(change({ throttle, name: undefined }))
      .then();
    given(created(), changed)
      .when(change({ throttle: null }))
      .thenTypes('RuleChanged');
  });

  it('should be deleted, and be gone then', () => {
    const deleted: RuleEvent = { type: 'RuleDeleted', data: { rule_id: ID, at: T1 } };
    given(created()).when(remove).then(deleted);
    given(created(), deleted).when(remove).thenRejected({ code: 'rule_not_found' });
    given()
      .when(change({ name: 'other' }))
      .thenRejected({ rejection: 'not_found', code: 'rule_not_found' });
  });

  it.each<[string, Partial<RuleTerms>, RegExp]>([
    ['/condition', { condition: 'event.nme == "x"' }, /No such key: nme \(line 1, column 7\)$/],
    [
      '/condition',
      { condition: 'event.position' },
      /a rule that can fire, but its condition cannot be used: must be true or false, but is int$/,
    ],
    ['/condition', { condition: 'count > 1' }, /Unknown variable: count/],
    ['/subject', { subject: 'a ${{ event.name' }, /not closed/],
    ['/body', { body: 'first\n${{ nobody }}' }, /Unknown variable: nobody \(line 2, column 5\)$/],
    ['/group/by', { group: { by: 'event.', seconds: 60 } }, /line 1, column 7/],
    ['/recipients', { recipients: { users: [], roles: [] } }, /names no user, no role and no channel$/],
  ])('rejects wrong terms by the pointer %s (%#)', (pointer, changes, message) => {
    const rejected = { rejection: 'invalid', pointer, message: expect.stringMatching(message) as string } as const;
    given().when(create(changes)).thenRejected(rejected);
    given(created()).when(change(changes)).thenRejected(rejected);
  });
});
