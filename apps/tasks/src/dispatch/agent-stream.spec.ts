import type { TaskEvent } from '@ao/contracts';
import { messageForAgent, sendAssignment } from './agent-stream';
import type { Submission } from './submissions';

const at = '2026-01-01T00:00:00.000Z';
const lease = { agent_id: 'a', lease_token: 'l1', attempt: 1, started: true, expires_at: at };
const failure = { class: 'moved_by_operator', message: 'm', retryable: false };

describe('what the agent of a task hears', () => {
  const heard = (event: TaskEvent) => messageForAgent(event, lease);
  const stop = (reason: string) => ({ type: 'task_cancelled', taskId: '1', reason });

  it('should be to stop when the task is taken from it', () => {
    const task_id = '1';
    expect(heard({ type: 'TaskCancelled', data: { task_id, cancelled_at: at, reason: 'r' } })).toEqual(stop('r'));
    expect(heard({ type: 'TaskPaused', data: { task_id, paused_at: at, reason: 'lunch' } })).toEqual(stop('lunch'));
    expect(heard({ type: 'TaskExpired', data: { task_id, expired_at: at } })).toEqual(stop('deadline_passed'));
    expect(heard({ type: 'TaskResultAccepted', data: { task_id, agent_id: 'b', accepted_at: at, result: 1 } })).toEqual(
      stop('result_accepted'),
    );
    const dead = { task_id, dead_lettered_at: at, failed_attempts: 1, failure };
    expect(heard({ type: 'TaskDeadLettered', data: dead })).toEqual(stop('dead_lettered'));
  });

  it('should be the answer that it waits for', () => {
    const data = { task_id: '1', agent_id: 'a', provided_at: at, input: [1] };
    expect(heard({ type: 'TaskInputProvided', data })).toEqual({ type: 'task_input', taskId: '1', input: [1] });
  });

  it('should be nothing of what it did itself', () => {
    const dead = { task_id: '1', agent_id: 'a', dead_lettered_at: at, failed_attempts: 1, failure };
    expect(heard({ type: 'TaskDeadLettered', data: dead })).toBeUndefined();
    const { agent_id, attempt, lease_token } = lease;
    const done = { task_id: '1', agent_id, attempt, lease_token, completed_at: at, result: 1 };
    expect(heard({ type: 'TaskCompleted', data: done })).toBeUndefined();
  });
});

it('should send the texts, the references of secrets and the payload as it is', () => {
  const sent: string[] = [];
  const submission: Submission = {
    ...{ type: 't', priority: 40, submitted_at: at, lease_seconds: 60, payload: '{"a":1}', revision: 0 },
    texts: { title: 'T', instructions: 'I' },
    credentials: [{ name: 'git', secret_id: 's' }],
    origin: { correlation_id: 'c', causation_id: 'c' },
  };
  const bus = { publish: () => true, publishText: (_subject: string, text: string) => (sent.push(text), true) };
  sendAssignment(bus, '1', lease, submission);
  expect(JSON.parse(sent[0]!)).toEqual({
    type: 'task_assigned',
    task: {
      taskId: '1',
      taskType: 't',
      title: 'T',
      instructions: 'I',
      priority: 40,
      createdAt: at,
      attempt: 1,
      leaseToken: 'l1',
      leaseExpiresAt: at,
      timeout: 60,
      credentials: [{ name: 'git', secret_id: 's' }],
      payload: { a: 1 },
    },
  });
});
