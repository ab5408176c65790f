import { deciderSpec, testCommand } from '@ao/kernel/testing';
import { deadLetterRetryDecider } from './dead-letter-retry.decider';

const { given } = deciderSpec(deadLetterRetryDecider);
const RETRY = '018f0000-0000-7000-8000-000000000001';
const T0 = '2026-01-01T00:00:00.000Z';
const asked = { retry_id: RETRY, filter: { type: 'mail' }, rate_per_second: 5, until: 900, count: 700 };
const started = { type: 'DeadLetterRetryStarted' as const, data: { ...asked, started_at: T0 } };
const advanced = (through: number, retried = 500, skipped = 0) => ({
  type: 'DeadLetterRetryAdvanced' as const,
  data: { retry_id: RETRY, through, retried, skipped, at: T0 },
});
const finished = (retried: number, skipped: number) => ({
  type: 'DeadLetterRetryFinished' as const,
  data: { retry_id: RETRY, retried, skipped, finished_at: T0 },
});
const advance = (after: number, through: number | null, retried = 500, skipped = 0) =>
  testCommand('AdvanceDeadLetterRetry', { retry_id: RETRY, after, through, retried, skipped }, { time: T0 });

describe('the retry of many dead letters', () => {
  it('should start once', () => {
    const start = testCommand('StartDeadLetterRetry', asked, { time: T0 });
    given().when(start).then(started);
    given(started).when(start).thenRejected({ rejection: 'conflict', code: 'retry_started' });
  });

  it('should advance part by part, and sum up at the end', () => {
    given(started).when(advance(0, 600)).then(advanced(600));
    given(started, advanced(600))
      .when(advance(600, 880, 190, 10))
      .then(advanced(880, 190, 10));
    given(started, advanced(600), advanced(880, 190, 10))
      .when(advance(880, null, 0))
      .then(finished(690, 10));
  });

  it('should not count a part twice, nor go on after its end', () => {
    given(started, advanced(600)).when(advance(0, 600)).then();
    given(started, finished(0, 0)).when(advance(0, 600)).then();
  });

  it('rejects to advance what was never started', () => {
    given().when(advance(0, 600)).thenRejected({ rejection: 'not_found', code: 'dead_letter_retry_not_found' });
  });
});
