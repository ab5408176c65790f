import { deciderSpec, testCommand } from '@ao/kernel/testing';
import { limitDecider, limitId } from './limit.decider';
import { limitRemoved, limitSet } from './limit.testing';

const { given } = deciderSpec(limitDecider);
const target = { scope: 'task_type', value: 'build' } as const;
const limit_id = limitId(target);
const at = '2026-01-01T00:00:00.000Z';
const set = (terms: object) => testCommand('SetDispatchLimit', { ...target, ...terms, limit_id }, { time: at });

describe('a dispatch limit', () => {
  it('should be set, replaced as a whole, and not again when nothing is new', () => {
    const terms = { max_concurrent: 2, rate: { tasks: 5, per_seconds: 60 } };
    given().when(set(terms)).then(limitSet(target, terms));
    given(limitSet(target, terms)).when(set(terms)).then();
    given(limitSet(target, terms))
      .when(set({ max_concurrent: 2 }))
      .then(limitSet(target, { max_concurrent: 2 }));
  });

  it('should be removed, and set anew', () => {
    const remove = testCommand('RemoveDispatchLimit', { ...target, limit_id }, { time: at });
    given(limitSet(target, { max_concurrent: 1 }))
      .when(remove)
      .then(limitRemoved(target));
    given(limitSet(target, { max_concurrent: 1 }), limitRemoved(target))
      .when(set({ max_concurrent: 1 }))
      .then(limitSet(target, { max_concurrent: 1 }));
    given().when(remove).thenRejected({ rejection: 'not_found', code: 'dispatch_limit_not_found' });
  });

  it('should keep the name out of the stream id', () => {
    expect(limit_id).toMatch(/^[0-9a-f-]{36}$/);
    expect(limitId({ scope: 'queue', value: 'build' })).not.toBe(limit_id);
  });
});
