import type { DeadLetterRetryEvent, TaskEvent } from '@ao/contracts';
import type { RecordedEvent } from '@ao/event-log';
import { effectOf } from './dead-letter.subscription';

const TASK = '00000000-0000-7000-8000-00000000000a';
const OTHER = '00000000-0000-7000-8000-00000000000b';
const RETRY = '00000000-0000-7000-8000-00000000000c';
const AT = '2026-01-01T00:00:00.000Z';
const ME = { type: 'user' as const, id: '00000000-0000-7000-8000-0000000000aa' };

let position = 0;
const recorded = (category: string, id: string, event: TaskEvent | DeadLetterRetryEvent) =>
  ({
    ...{ ...event, category, stream_id: `${category}-${id}`, position: (position += 1), recorded_at: AT },
    metadata: { actor: ME, correlation_id: RETRY },
  }) as unknown as RecordedEvent;

const dead = (task_id: string, failureClass?: string) =>
  recorded('task', task_id, {
    type: 'TaskDeadLettered',
    data: {
      ...{ task_id, dead_lettered_at: AT, failed_attempts: 3 },
      failure: { message: 'no', retryable: true, ...(failureClass !== undefined && { class: failureClass }) },
    },
  });
const retried = (task_id: string) =>
  recorded('task', task_id, { type: 'TaskRetried', data: { task_id, retried_at: AT } });
const started = () =>
  recorded('deadletterretry', RETRY, {
    type: 'DeadLetterRetryStarted',
    data: { retry_id: RETRY, filter: {}, until: 9, count: 1, started_at: AT },
  });
const finished = () =>
  recorded('deadletterretry', RETRY, {
    type: 'DeadLetterRetryFinished',
    data: { retry_id: RETRY, retried: 1, skipped: 0, finished_at: AT },
  });

describe('the table of dead letters', () => {
  beforeEach(() => (position = 0));

  it('should gain what becomes one, with the class of its failure', () => {
    const { added, ended } = effectOf([dead(TASK, 'timeout'), dead(OTHER)]);
    expect(added).toMatchObject([
      { task_id: TASK, position: 1, failure_class: 'timeout', agent_id: null },
      { task_id: OTHER, position: 2, failure_class: null },
    ]);
    expect(ended).toEqual([]);
  });

  it('should lose what is none any more, and end with the last word of a batch', () => {
    expect(effectOf([retried(TASK)])).toMatchObject({ added: [], ended: [TASK] });
    expect(effectOf([dead(TASK), retried(TASK)])).toMatchObject({ added: [], ended: [TASK] });
    expect(effectOf([dead(TASK), retried(TASK), dead(TASK)])).toMatchObject({ added: [{ position: 6 }], ended: [] });
  });

  it('should set a timer for each part of a retry in the name of who started it, and none after its end', () => {
    expect(effectOf([started()]).due).toEqual([
      {
        timer_id: `dead-letter-retry-${RETRY}`,
        due_at: AT,
        kind: 'dead_letter_retry',
        payload: { retry_id: RETRY, actor: ME, correlation_id: RETRY },
      },
    ]);
    expect(effectOf([finished()]).due).toEqual([]);
  });
});
