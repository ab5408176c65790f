import type { TaskEvent } from '@ao/contracts';
import { presentStatistics } from '../../faces/coordinator/statistics.presenter';
import { evolveTaskReadModel, type TaskReadModel } from './task.read-model';
import { taskProjection } from './task.projection';
import { contribution, statisticsFrom, type Counters } from './task.statistics';

const ID = '00000000-0000-7000-8000-00000000000a';
const AGENT = '00000000-0000-7000-8000-0000000000aa';
const lease = { task_id: ID, agent_id: AGENT, attempt: 1, lease_token: ID };

const submitted: Extract<TaskEvent, { type: 'TaskSubmitted' }> = {
  type: 'TaskSubmitted',
  data: {
    task_id: ID,
    pool: 'default',
    submitted_at: '2026-01-01T00:00:00.000Z',
    type: 'test',
    payload: { n: 1 },
    priority: 95,
    requirements: { capabilities: [] },
    retry: { max_attempts: 2, initial_delay_ms: 0, factor: 1, max_delay_ms: 0, jitter: 0 },
    lease_seconds: 60,
  },
};
const assigned = (at: string): TaskEvent => ({
  type: 'TaskAssigned',
  data: {
    ...lease,
    assigned_at: at,
    lease_expires_at: at,
    pool: 'default',
    epoch: 1,
    reason: { strategy: 'least_connections', candidates: [], candidate_count: 1 },
  },
});
const started: TaskEvent = { type: 'TaskStarted', data: { ...lease, started_at: '2026-01-01T00:00:03.000Z' } };
const failure = { message: 'no', retryable: true };
const attemptFailed: TaskEvent = {
  type: 'TaskAttemptFailed',
  data: { ...lease, failed_at: '2026-01-01T00:00:04.000Z', failure, failed_attempts: 1 },
};
const expired: TaskEvent = {
  type: 'TaskLeaseExpired',
  data: { ...lease, expired_at: '2026-01-01T00:00:05.000Z', reason: 'lease_expired', failed_attempts: 2 },
};
const deadLettered: TaskEvent = {
  type: 'TaskDeadLettered',
  data: { task_id: ID, dead_lettered_at: '2026-01-01T00:00:06.000Z', failed_attempts: 2, failure },
};
const completed: TaskEvent = {
  type: 'TaskCompleted',
  data: { ...lease, completed_at: '2026-01-01T00:00:07.000Z', result: { ok: true } },
};

const after = (...events: TaskEvent[]) =>
  events.reduce<TaskReadModel | undefined>((task, event) => evolveTaskReadModel(task, event), undefined);

const AT_2 = '2026-01-01T00:00:02.000Z';
const AT_9 = '2026-01-01T00:00:09.000Z';

describe('the read model of tasks', () => {
  it('should tell a task from its submission to its end', () => {
    expect(after(submitted)).toMatchObject({ status: 'queued', assignments: 0 });
    expect(after(submitted, assigned(AT_2), started)).toMatchObject({ status: 'running', assignments: 1 });
    expect(after(submitted, assigned(AT_2), started, completed)).toMatchObject({
      status: 'completed',
      result: { ok: true },
      assignments: 1,
      failed_assignments: 0,
    });
  });

  it('should count every assignment that ended without success once', () => {
    const twice = [submitted, assigned(AT_2), started, attemptFailed, assigned(AT_2), started];
    expect(after(...twice)).toMatchObject({ assignments: 2, failed_assignments: 1 });
    expect(after(...twice, expired, deadLettered)).toMatchObject({ status: 'dead_lettered', failed_assignments: 2 });
    expect(after(...twice, deadLettered)).toMatchObject({ status: 'dead_lettered', failed_assignments: 2 });
  });

  it('should not count what a person ended, or what was given back, as a failure', () => {
    const running = [submitted, assigned(AT_2), started];
    const moved: TaskEvent = {
      type: 'TaskDeadLettered',
      data: {
        ...{ task_id: ID, dead_lettered_at: AT_9, failed_attempts: 0 },
        failure: { class: 'moved_by_operator', message: 'by hand', retryable: false },
      },
    };
    const paused: TaskEvent = {
      type: 'TaskPaused',
      data: { task_id: ID, paused_at: AT_9, reason: 'held', agent_id: AGENT },
    };
    const returned: TaskEvent = {
      type: 'TaskReturned',
      data: { ...lease, returned_at: AT_9, reason: 'stopping', failed_attempts: 0 },
    };
    for (const last of [moved, paused, returned])
      expect(after(...running, last)).toMatchObject({ assignments: 1, failed_assignments: 0 });
  });

  it('should count a deadline that an agent missed, and not one that was missed in the queue', () => {
    const missed: TaskEvent = { type: 'TaskExpired', data: { task_id: ID, expired_at: AT_9 } };
    expect(after(submitted, assigned(AT_2), started, missed)).toMatchObject({
      status: 'expired',
      failed_assignments: 1,
    });
    expect(after(submitted, missed)).toMatchObject({ status: 'expired', failed_assignments: 0 });
  });

  it('should tell since when it could be given out, whatever it waited for before', () => {
    const scheduled: TaskEvent = { ...submitted, data: { ...submitted.data, not_before: AT_9 } };
    const released: TaskEvent = { type: 'TaskReleased', data: { task_id: ID, released_at: AT_9 } };
    const paused: TaskEvent = { type: 'TaskPaused', data: { task_id: ID, paused_at: AT_2, reason: '' } };
    const resumed: TaskEvent = { type: 'TaskResumed', data: { task_id: ID, resumed_at: AT_9 } };
    expect(after(submitted)).toMatchObject({ ready_at: submitted.data.submitted_at });
    expect(after(scheduled)).toMatchObject({ status: 'scheduled', ready_at: null });
    expect(after(scheduled, released)).toMatchObject({ status: 'queued', ready_at: AT_9 });
    expect(after(submitted, paused, resumed)).toMatchObject({ status: 'queued', ready_at: AT_9 });
    const first = after(submitted, assigned(AT_2));
    expect(after(submitted, assigned(AT_2), started, attemptFailed)).toMatchObject({ ready_at: first!.ready_at });
  });

  it('should know nothing of a task that was never submitted', () => {
    expect(after(assigned(AT_2))).toBeUndefined();
  });

  it('should survive a round trip through JSON at every step, as the stored row does', () => {
    const events = [submitted, assigned(AT_2), started, attemptFailed, assigned(AT_2), started, completed];
    let stored: string | undefined;
    for (const event of events) {
      const before = stored === undefined ? undefined : (JSON.parse(stored) as TaskReadModel);
      stored = JSON.stringify(evolveTaskReadModel(before, event));
    }
    expect(stored).toBe(JSON.stringify(after(...events)));
  });
});

describe('the statistics of tasks', () => {
  it('should be the same sums whether counted step by step or at the end', () => {
    const events = [submitted, assigned(AT_2), started, attemptFailed, assigned(AT_2), started, completed];
    const sums: Record<string, number> = {};
    let task: TaskReadModel | undefined;
    for (const event of events) {
      const next = evolveTaskReadModel(task, event);
      const changes = taskProjection.counters?.delta(task, next, undefined as never) ?? {};
      for (const [name, change] of Object.entries(changes)) sums[name] = (sums[name] ?? 0) + change;
      task = next;
    }
    const nonZero = Object.fromEntries(Object.entries(sums).filter(([, value]) => value !== 0));
    expect(nonZero).toEqual(contribution(task!));
  });

  it("should come out in the coordinator's words", () => {
    const sums = (...tasks: (TaskReadModel | undefined)[]): Counters => {
      const total: Record<string, number> = {};
      for (const task of tasks) {
        for (const [name, value] of Object.entries(task ? contribution(task) : {}))
          total[name] = (total[name] ?? 0) + value;
      }
      return total;
    };
    const counters = sums(
      after(submitted),
      after(submitted, assigned(AT_2), started),
      after(submitted, assigned('2026-01-01T00:00:04.000Z'), started, completed),
      after(submitted, assigned(AT_2), started, attemptFailed, assigned(AT_2), deadLettered),
    );
    const stats = presentStatistics(statisticsFrom(counters), { strategy: 'least_connections', activeAgents: 2 });
    expect(stats).toEqual({
      tasks_distributed: 3,
      tasks_completed: 1,
      tasks_failed: 1,
      avg_distribution_time: 2.666667,
      load_balancer_stats: {
        strategy: 'least_connections',
        total_assignments: 4,
        successful_assignments: 1,
        failed_assignments: 2,
        success_rate: 0.333333,
        active_agents: 2,
        agent_weights: 0,
        avg_agent_load: 0.5,
      },
      queue_sizes: { urgent: 1, critical: 0, high: 0, normal: 0, low: 0 },
    });
  });

  it('should hold in the queue only what is queued, and keep every other status apart', () => {
    const scheduled: TaskEvent = { ...submitted, data: { ...submitted.data, not_before: AT_9 } };
    const paused: TaskEvent = { type: 'TaskPaused', data: { task_id: ID, paused_at: AT_2, reason: '' } };
    const missed: TaskEvent = { type: 'TaskExpired', data: { task_id: ID, expired_at: AT_2 } };
    const asks: TaskEvent = { type: 'TaskInputRequired', data: { ...lease, required_at: AT_2, prompt: '?' } };
    const lives = [
      [submitted],
      [scheduled],
      [submitted, paused],
      [submitted, missed],
      [submitted, assigned(AT_2), started, asks],
    ];
    const sums: Record<string, number> = {};
    for (const life of lives)
      for (const [name, value] of Object.entries(contribution(after(...life)!))) sums[name] = (sums[name] ?? 0) + value;
    const statistics = statisticsFrom(sums);
    expect(statistics.byStatus).toMatchObject({ queued: 1, scheduled: 1, paused: 1, expired: 1, input_required: 1 });
    expect(statistics).toMatchObject({
      total: 5,
      failed: 1,
      open: 1,
      queued: { urgent: 1 },
      byPriority: { urgent: 5 },
    });
    expect(statistics.byStatusAndPriority.paused).toMatchObject({ urgent: 1, normal: 0 });
    const stats = presentStatistics(statistics, { strategy: 'least_connections', activeAgents: 1 });
    expect(stats.queue_sizes).toEqual({ urgent: 1, critical: 0, high: 0, normal: 0, low: 0 });
    expect(stats.tasks_failed).toBe(1);
  });

  it('should leave what a task waited for by its own will out of the time that distribution takes', () => {
    const scheduled: TaskEvent = { ...submitted, data: { ...submitted.data, not_before: AT_2 } };
    const released: TaskEvent = { type: 'TaskReleased', data: { task_id: ID, released_at: AT_2 } };
    const task = after(scheduled, released, assigned('2026-01-01T00:00:02.250Z'))!;
    expect(contribution(task)).toMatchObject({ distributed: 1, distribution_ms: 250 });
  });

  it('should be all zeros before the first task', () => {
    const stats = presentStatistics(statisticsFrom({}), { strategy: 'least_connections', activeAgents: 0 });
    expect(stats.queue_sizes).toEqual({ urgent: 0, critical: 0, high: 0, normal: 0, low: 0 });
    expect(stats.load_balancer_stats.success_rate).toBe(0);
    expect(stats.avg_distribution_time).toBe(0);
  });
});
