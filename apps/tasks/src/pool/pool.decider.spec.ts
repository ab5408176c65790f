import { deciderSpec, testCommand } from '@ao/kernel/testing';
import { poolDecider, poolId } from './pool.decider';

const { given } = deciderSpec(poolDecider);
const ONE = '018f0000-0000-7000-8000-000000000001';
const TWO = '018f0000-0000-7000-8000-000000000002';
const taken = (owner: string) => ({
  type: 'PoolTaken' as const,
  data: { pool: 'default', owner, taken_at: '2026-01-01T00:00:00.000Z' },
});

describe('taking the pool', () => {
  it('should record the new owner, whoever had it before', () => {
    given()
      .when(testCommand('TakePool', { pool: 'default', owner: ONE }))
      .then(taken(ONE));
    given(taken(ONE))
      .when(testCommand('TakePool', { pool: 'default', owner: TWO }))
      .then(taken(TWO));
  });

  it('should move the epoch even when the same owner takes it again', () => {
    given(taken(ONE))
      .when(testCommand('TakePool', { pool: 'default', owner: ONE }))
      .thenTypes('PoolTaken');
  });

  it('should keep the name out of the stream id', () => {
    expect(poolId('gpu-west')).toMatch(/^[0-9a-f-]{36}$/);
    expect(poolId('gpu-west')).not.toBe(poolId('default'));
  });
});
