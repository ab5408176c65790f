import type { RecordedEvent } from '@ao/event-log';
import { newId } from '@ao/kernel';
import { planOf } from './batch.plan';
import { signalKeyOf } from './work';

const at = '2026-01-01T00:00:00.000Z';
const run_id = newId();
let position = 0;
const happened = (stream_id: string, type: string, data: object): RecordedEvent => {
  position += 1;
  const metadata = {
    actor: { type: 'system', id: 't' },
    correlation_id: 'c',
    causation_id: 'd',
    command_id: 'e',
  } as const;
  const category = stream_id.slice(0, stream_id.indexOf('-'));
  return {
    ...{ position, stream_id, category, version: position, type, schema_version: 1, data, metadata, recorded_at: at },
  };
};
const run = (type: string, data: object = {}) => happened(`run-${run_id}`, type, { run_id, at, ...data });
const task = (task_id: string, type: string, data: object = {}) =>
  happened(`task-${task_id}`, type, { task_id, ...data });
const started = (node: string, work: object, attempt = 1) =>
  run('StepStarted', { node, attempt, work, timeout_at: null });

describe('what a batch of events asks for', () => {
  it('should be to begin what begins outside of the run, under the ids that the run has given', () => {
    const [task_id, approval_id, child_run_id, request_id] = [newId(), newId(), newId(), newId()];
    const { begun, runs } = planOf([
      started('t', { type: 'task', task_id }),
      started('a', { type: 'approval', approval_id }),
      started('w', { type: 'workflow', child_run_id }),
      started('h', { type: 'webhook', request_id }),
      started('s', { type: 'signal', name: 'go', correlation: 'x' }),
      started('own', { type: 'signal', name: 'go', correlation: null }),
      started('rest', { type: 'timer', due_at: at }),
      started('each', { type: 'map', items: [], limit: 1 }),
    ]);
    expect(begun.map(({ work_id, kind, node }) => [kind, node, work_id])).toEqual([
      ['task', 't', task_id],
      ['approval', 'a', approval_id],
      ['workflow', 'w', child_run_id],
      ['webhook', 'h', request_id],
      ['signal', 's', expect.any(String)],
    ]);
    expect(begun[4]).toMatchObject({ signal_key: signalKeyOf('go', 'x'), state: 'wanted' });
    expect(begun[0]).toMatchObject({ correlation_id: 'c', causation_id: `run@${begun[0]!.position}` });
    expect([...runs.keys()]).toEqual([run_id]);
  });

  it('should be to tell steps what became of their work, whether it began in the batch or before', () => {
    const [before, now, failed, expired] = [newId(), newId(), newId(), newId()];
    const { begun, endings, ownEndings } = planOf([
      task(before, 'TaskCompleted', { result: 1 }),
      started('t', { type: 'task', task_id: now }),
      task(now, 'TaskSubmitted'),
      task(now, 'TaskCompleted', { result: 2 }),
      task(failed, 'TaskDeadLettered', { failure: { class: 'bad', message: 'm', retryable: false } }),
      task(expired, 'TaskExpired'),
    ]);
    expect(begun).toEqual([]);
    expect([...ownEndings.values()]).toMatchObject([{ work_id: now, node: 't' }]);
    expect(endings.map(({ told }) => told)).toEqual([
      { task_id: before, status: 'completed', result: 1 },
      { task_id: now, status: 'completed', result: 2 },
      { task_id: failed, status: 'dead_lettered', failure: { class: 'bad', message: 'm' } },
      { task_id: expired, status: 'expired' },
    ]);
  });

  it('should be to end what a step waits for no more, of the attempt that is over alone', () => {
    const [first, second, lost] = [newId(), newId(), newId()];
    const { begun, left } = planOf([
      started('t', { type: 'task', task_id: first }),
      run('StepAttemptFailed', { node: 't', attempt: 1 }),
      started('t', { type: 'task', task_id: second }, 2),
      started('s', { type: 'signal', name: 'go', correlation: 'x' }),
      run('StepCancelled', { node: 's' }),
      run('StepCancelled', { node: 'other' }),
    ]);
    expect(begun.map(({ work_id, state }) => [work_id, state])).toEqual([
      [first, 'unwanted'],
      [second, 'wanted'],
    ]);
    expect(left.map(({ node }) => node)).toEqual(['t', 's', 'other']);
    const over = planOf([started('t', { type: 'task', task_id: lost }), run('RunCancelled', { reason: '' })]);
    expect(over.begun).toMatchObject([{ work_id: lost, state: 'unwanted' }]);
    expect(over.left).toEqual([{ run_id, node: null }]);
    expect(over.endings).toMatchObject([{ kind: 'workflow', work_id: run_id, told: { status: 'cancelled' } }]);
  });

  it('should be to hand out signals, and to look again for those who wait for them', () => {
    const key = signalKeyOf('go', 'x');
    const data = { signal_id: newId(), name: 'go', correlation: 'x', payload: 1, sent_by: null, at };
    const taker = { run_id, node: 's', attempt: 1 };
    const { kept, taken } = planOf([
      happened(`signal-${key}`, 'SignalKept', data),
      happened(`signal-${key}`, 'SignalTaken', { ...data, ...taker }),
      happened(`signal-${key}`, 'SignalReturned', { ...data, ...taker }),
    ]);
    expect(kept).toEqual([key]);
    expect(taken).toMatchObject([{ ...data, ...taker, causation_id: `signal@${position - 1}` }]);
  });
});
