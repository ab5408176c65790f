import type { TaskEvent } from '@ao/contracts';
import type { OpenExplanation } from '../dispatch/explain';
import { NO_STORY, evolveStory, explanationOf } from './explain-task';

const T0 = Date.parse('2026-01-01T00:00:00.000Z');
const iso = (seconds: number) => new Date(T0 + 1_000 * seconds).toISOString();
const [task_id, agent_id] = ['task', 'agent'];

type Submitted = Extract<TaskEvent, { type: 'TaskSubmitted' }>['data'];
const submitted = (change: Partial<Submitted> = {}): TaskEvent => ({
  type: 'TaskSubmitted',
  data: {
    ...{ task_id, type: 't', payload: {}, priority: 40, pool: 'default', requirements: { capabilities: [] } },
    retry: { max_attempts: 3, initial_delay_ms: 0, factor: 1, max_delay_ms: 0, jitter: 0 },
    ...{ lease_seconds: 60, submitted_at: iso(0) },
    ...change,
  },
});
const lease = (attempt: number) => ({ task_id, agent_id, attempt, lease_token: `token-${attempt}` });
const assigned = (attempt: number, seconds: number): TaskEvent => ({
  type: 'TaskAssigned',
  data: {
    ...lease(attempt),
    ...{ assigned_at: iso(seconds), lease_expires_at: iso(seconds + 60), pool: 'default', epoch: 1 },
    reason: { strategy: 'trust', candidates: [{ agent_id, score: 0.5 }], candidate_count: 1 },
  },
});
const failed = (attempt: number, seconds: number, retry: number): TaskEvent => ({
  type: 'TaskAttemptFailed',
  data: {
    ...lease(attempt),
    ...{ failed_at: iso(seconds), failed_attempts: attempt, retry_at: iso(retry) },
    failure: { message: 'no', retryable: true },
  },
});

type Queued = NonNullable<OpenExplanation['queued']>;
const queued = (change: Partial<Queued> = {}): OpenExplanation => ({
  task: {} as OpenExplanation['task'],
  queued: {
    ...{ assigning: undefined, ready_at: T0, holds: [] },
    place: { effective_priority: 40, ahead: 0, other_keys: 0 },
    fleet: { agents: 1, fit: 1, free: 1, obstacles: [], examples: [] },
    ...change,
  },
});

function explained(events: TaskEvent[], open?: OpenExplanation, seconds = 10) {
  const story = events.reduce(evolveStory, NO_STORY);
  return explanationOf(story.task!, story, open, T0 + 1_000 * seconds);
}
const reasons = (...told: Parameters<typeof explained>) => explained(...told).waits_because.map(({ code }) => code);

describe('why a task waits', () => {
  it.each<[string, string[], TaskEvent[], OpenExplanation | undefined]>([
    ['its turn next', [], [submitted()], queued()],
    ['its time', ['not_before'], [submitted({ not_before: iso(60) })], undefined],
    ['others', ['dependencies'], [submitted({ depends_on: ['other'] })], undefined],
    ['its next attempt', ['retry'], [submitted()], queued({ ready_at: T0 + 60_000 })],
    ['the log', ['assigning'], [submitted()], queued({ assigning: 'agent' })],
    [
      'gates',
      ['a', 'b'],
      [submitted()],
      queued({ holds: ['a', 'b'].map((code) => ({ code, detail: '', key: code })) }),
    ],
    [
      'agents that fit',
      ['no_agent_fits'],
      [submitted()],
      queued({ fleet: { agents: 3, fit: 0, free: 0, obstacles: [], examples: [] } }),
    ],
    [
      'agents that are free',
      ['agents_unavailable'],
      [submitted()],
      queued({ fleet: { agents: 3, fit: 2, free: 0, obstacles: [], examples: [] } }),
    ],
    [
      'what comes before',
      ['before_it'],
      [submitted()],
      queued({ place: { effective_priority: 40, ahead: 2, other_keys: 1 } }),
    ],
    [
      'somebody who resumes it',
      ['paused'],
      [submitted(), { type: 'TaskPaused', data: { task_id, paused_at: iso(1), reason: 'lunch' } }],
      undefined,
    ],
    ['nothing while an agent has it', [], [submitted(), assigned(1, 1)], undefined],
    [
      'nothing after its end',
      [],
      [submitted(), { type: 'TaskCancelled', data: { task_id, cancelled_at: iso(1), reason: '' } }],
      undefined,
    ],
  ])('should be: %s', (_, codes, events, open) => {
    expect(reasons(events, open)).toEqual(codes);
  });

  it('should say what is lacking, and until when', () => {
    const obstacles = [{ code: 'lacks_capability' as const, subject: 'gpu', agents: 2 }];
    const fleet = { agents: 3, fit: 0, free: 0, obstacles, examples: [] };
    const hold = { code: 'rate_limit', detail: 'slowly', key: 'k', until: T0 + 20_000 };
    expect(explained([submitted()], queued({ fleet, holds: [hold] })).waits_because).toEqual([
      { code: 'rate_limit', detail: 'slowly', until: iso(20) },
      { code: 'no_agent_fits', detail: 'None of 3 agents can do it: 2 of 3 lacks capability gpu' },
    ]);
  });

  it('should name no time that there is not', () => {
    const hold = { code: 'budget_exceeded', detail: '', key: 'k', until: Infinity };
    expect(explained([submitted()], queued({ holds: [hold] })).waits_because).toEqual([
      { code: 'budget_exceeded', detail: '' },
    ]);
  });
});

describe('who got a task', () => {
  it('should be told with the time that each waited, and how it ended', () => {
    const { assignments, assignments_total } = explained([
      ...[submitted(), assigned(1, 5), failed(1, 8, 20), assigned(2, 23)],
      { type: 'TaskCompleted', data: { ...lease(2), completed_at: iso(30), result: null } },
    ]);
    expect(assignments_total).toBe(2);
    expect(assignments).toMatchObject([
      { attempt: 1, waited_seconds: 5, strategy: 'trust', ended_by: 'TaskAttemptFailed', ended_at: iso(8) },
      { attempt: 2, waited_seconds: 3, candidate_count: 1, ended_by: 'TaskCompleted', ended_at: iso(30) },
    ]);
  });

  it('should be the latest 20, and how many there were', () => {
    const events = Array.from({ length: 30 }, (_, index) => [
      assigned(index + 1, index),
      failed(index + 1, index, index),
    ]);
    const { assignments, assignments_total } = explained([submitted(), ...events.flat()]);
    expect([assignments.length, assignments_total, assignments.at(-1)!.attempt]).toEqual([20, 30, 30]);
  });

  it('should count what it waited from its release', () => {
    const released: TaskEvent = { type: 'TaskReleased', data: { task_id, released_at: iso(60) } };
    const { assignments } = explained([submitted({ not_before: iso(60) }), released, assigned(1, 61)]);
    expect(assignments).toMatchObject([{ waited_seconds: 1 }]);
  });
});
