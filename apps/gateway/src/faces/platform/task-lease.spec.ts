import type { TaskEvent } from '@ao/contracts';
import { currentLease, newestInput } from './task-lease';

const TASK = '00000000-0000-7000-8000-00000000000a';
const ME = '00000000-0000-7000-8000-0000000000aa';
const OTHER = '00000000-0000-7000-8000-0000000000bb';
const AT = '2026-01-01T00:00:00.000Z';

const asked = (agent_id: string, prompt: string): TaskEvent => ({
  type: 'TaskInputRequired',
  data: { task_id: TASK, agent_id, attempt: 1, lease_token: TASK, required_at: AT, prompt },
});
const answered = (agent_id: string, input: unknown): TaskEvent => ({
  type: 'TaskInputProvided',
  data: { task_id: TASK, agent_id, provided_at: AT, input },
});

describe('the answer that an agent asks for', () => {
  it('should be there once somebody gave it, and not before', () => {
    expect(newestInput([], ME)).toBeUndefined();
    expect(newestInput([asked(ME, 'a?')], ME)).toEqual({ prompt: 'a?', input: null, providedAt: null });
    expect(newestInput([asked(ME, 'a?'), answered(ME, { yes: 1 })], ME)).toEqual({
      prompt: 'a?',
      input: { yes: 1 },
      providedAt: AT,
    });
  });

  it('should belong to the newest question alone', () => {
    const events = [asked(ME, 'a?'), answered(ME, 'A'), asked(ME, 'b?')];
    expect(newestInput(events, ME)).toEqual({ prompt: 'b?', input: null, providedAt: null });
  });

  it("should never be another agent's", () => {
    expect(newestInput([asked(OTHER, 'a?'), answered(OTHER, 'A')], ME)).toBeUndefined();
  });
});

describe('the lease of a task as the log tells it', () => {
  const submitted: TaskEvent = {
    type: 'TaskSubmitted',
    data: {
      ...{ task_id: TASK, pool: 'default', submitted_at: AT, type: 'test', payload: {}, priority: 40 },
      ...{ requirements: { capabilities: [] }, lease_seconds: 60 },
      retry: { max_attempts: 3, initial_delay_ms: 0, factor: 1, max_delay_ms: 0, jitter: 0 },
    },
  };
  const lease = (lease_token: string) => ({ task_id: TASK, agent_id: ME, attempt: 1, lease_token });
  const assigned = (token: string): TaskEvent => ({
    type: 'TaskAssigned',
    data: {
      ...{ ...lease(token), assigned_at: AT, lease_expires_at: AT, pool: 'default', epoch: 1 },
      reason: { strategy: 'least_connections', candidates: [], candidate_count: 1 },
    },
  });
  const started: TaskEvent = { type: 'TaskStarted', data: { ...lease(TASK), started_at: AT } };
  const returned: TaskEvent = {
    type: 'TaskReturned',
    data: { ...lease(TASK), returned_at: AT, reason: '', failed_attempts: 0 },
  };

  it('should be the newest, while its agent has the task', () => {
    expect(currentLease([submitted, assigned(TASK)])).toEqual({ agent_id: ME, lease_token: TASK });
    expect(currentLease([submitted, assigned(TASK), started, asked(ME, 'a?')])).toMatchObject({ lease_token: TASK });
    const again = [submitted, assigned(TASK), started, returned, assigned(OTHER)];
    expect(currentLease(again)).toEqual({ agent_id: ME, lease_token: OTHER });
  });

  it('should be none before, between and after', () => {
    expect(currentLease([])).toBeUndefined();
    expect(currentLease([submitted])).toBeUndefined();
    expect(currentLease([submitted, assigned(TASK), started, returned])).toBeUndefined();
  });
});
