import type { AgentEvent, RunEvent, TaskEvent } from '@ao/contracts';
import type { RecordedEvent } from '@ao/event-log';
import { agentDocument } from '@ao/contracts/testing';
import { metricProjection } from './metric.projection';
import type { MetricSubject } from './metric.subject';

const TASK = '01890a5d-ac96-774b-bcce-b302099a8057';
const AGENT = '01890a5d-ac96-774b-bcce-b302099a8058';
const RUN = '01890a5d-ac96-774b-bcce-b302099a8059';
const at = (seconds: number) => new Date(Date.parse('2026-01-01T10:00:00.000Z') + seconds * 1_000).toISOString();

type Event = TaskEvent | AgentEvent | RunEvent;
const lease = { agent_id: AGENT, attempt: 1, lease_token: RUN };
const failure = { class: 'crash', message: 'boom', retryable: false };
const submitted = (more: object = {}) =>
  ({
    type: 'TaskSubmitted',
    data: {
      ...{ task_id: TASK, pool: 'default', submitted_at: at(0), type: 'mail', payload: {}, priority: 40 },
      ...{ lease_seconds: 60, requirements: { capabilities: [] } },
      retry: { max_attempts: 2, initial_delay_ms: 0, factor: 1, max_delay_ms: 0, jitter: 0 },
      ...more,
    },
  }) as Event;
const assigned = (assigned_at: string) =>
  ({ type: 'TaskAssigned', data: { ...lease, task_id: TASK, assigned_at } }) as Event;
const started = (started_at: string) =>
  ({ type: 'TaskStarted', data: { ...lease, task_id: TASK, started_at } }) as Event;
const completed = (completed_at: string) =>
  ({ type: 'TaskCompleted', data: { ...lease, task_id: TASK, completed_at, result: null } }) as Event;
const attemptFailed = (failed_at: string, retry_at: string) =>
  ({
    type: 'TaskAttemptFailed',
    data: { ...lease, task_id: TASK, failed_at, failure, retry_at, failed_attempts: 1 },
  }) as Event;
const deadLettered = (dead_lettered_at: string, of = failure) =>
  ({ type: 'TaskDeadLettered', data: { task_id: TASK, dead_lettered_at, failed_attempts: 1, failure: of } }) as Event;

/** The counters that these events lead to, each event at its second; minutes alone, without the minute's name. */
function counted(stream: string, ...events: readonly (readonly [number, Event])[]) {
  const counters: Record<string, number> = {};
  let subject: MetricSubject | undefined;
  for (const [seconds, event] of events) {
    const [category] = stream.split('-') as [string];
    const recorded = { ...event, category, stream_id: stream, recorded_at: at(seconds) } as unknown as RecordedEvent;
    const after = metricProjection.evolve(subject, recorded);
    // As the tables have it: what changes nothing is not asked.
    if (after !== subject)
      for (const [name, by] of Object.entries(metricProjection.counters!.delta(subject, after, recorded)))
        counters[name] = (counters[name] ?? 0) + by;
    subject = after && (JSON.parse(JSON.stringify(after)) as MetricSubject);
  }
  const some = (prefix: string) =>
    Object.fromEntries(
      Object.entries(counters)
        .filter(([name, value]) => name.startsWith(prefix) && value !== 0)
        .map(([name, value]) => [name.slice(prefix.length), value]),
    );
  return { subject, some, minute: some('m2026-01-01T10:00/'), now: some('now/') };
}

describe('the projection of metrics', () => {
  it('should count a task by the minute of each event, and forget it when it has ended', () => {
    const { subject, some, now } = counted(
      `task-${TASK}`,
      [0, submitted()],
      [10, assigned(at(2))],
      [11, started(at(3))],
      [70, completed(at(7))],
    );
    expect(subject).toBeUndefined();
    expect(now).toEqual({});
    expect(some('m2026-01-01T10:00/')).toEqual({
      ...{ submitted: 1, running: 1, 'wait/ms': 2_000, 'wait/21': 1 },
    });
    expect(some('m2026-01-01T10:01/')).toEqual({ completed: 1, running: -1, 'response/ms': 4_000, 'response/23': 1 });
    expect(some('h2026-01-01T10:00/')).toEqual({
      ...{ submitted: 1, completed: 1, 'wait/ms': 2_000, 'wait/21': 1, 'response/ms': 4_000, 'response/23': 1 },
    });
  });

  it('should count what waits and what is worked at as long as it does', () => {
    expect(counted(`task-${TASK}`, [0, submitted()]).now).toEqual({ queued: 1 });
    expect(counted(`task-${TASK}`, [0, submitted()], [1, assigned(at(1))]).now).toEqual({});
    expect(counted(`task-${TASK}`, [0, submitted()], [1, assigned(at(1))], [2, started(at(2))]).now).toEqual({
      running: 1,
    });
  });

  it('should reckon the wait of each assignment from when it could be given out', () => {
    const { minute } = counted(
      `task-${TASK}`,
      ...([
        [0, submitted({ not_before: at(20) })],
        [20, { type: 'TaskReleased', data: { task_id: TASK, released_at: at(20) } }],
      ] as [number, Event][]),
      ...([
        [21, assigned(at(21))],
        [22, attemptFailed(at(22), at(30))],
        [33, assigned(at(33))],
      ] as [number, Event][]),
    );
    expect(minute['wait/ms']).toBe(1_000 + 3_000);
    expect(minute).toMatchObject({ attempts_failed: 1, submitted: 1 });
  });

  it('should keep a task that is resumed while it still has to wait out of the queue', () => {
    const paused = { type: 'TaskPaused', data: { task_id: TASK, paused_at: at(1), reason: '' } } as Event;
    const resumed = { type: 'TaskResumed', data: { task_id: TASK, resumed_at: at(2) } } as Event;
    const held = counted(`task-${TASK}`, [0, submitted({ not_before: at(50) })], [1, paused], [2, resumed]);
    expect(held.now).toEqual({});
    expect(counted(`task-${TASK}`, [0, submitted()], [1, paused], [2, resumed]).now).toEqual({ queued: 1 });
  });

  it.each<[string, Event, string]>([
    ['failed', { type: 'TaskFailed', data: { ...lease, task_id: TASK, failed_at: at(1), failure } }, 'failed'],
    ['expired', { type: 'TaskExpired', data: { task_id: TASK, expired_at: at(1) } }, 'failed'],
    ['dead-lettered', deadLettered(at(1)), 'failed'],
    ['moved by hand', deadLettered(at(1), { ...failure, class: 'moved_by_operator' }), 'cancelled'],
    ['cancelled', { type: 'TaskCancelled', data: { task_id: TASK, cancelled_at: at(1), reason: '' } }, 'cancelled'],
  ])('should count one that is %s', (_what, event, measure) => {
    const { minute, subject } = counted(`task-${TASK}`, [0, submitted()], [1, event]);
    expect(minute).toEqual({ submitted: 1, [measure]: 1 });
    expect(subject).toBeUndefined();
  });

  it('should count the end of a task that was retried after its first', () => {
    const retried = { type: 'TaskRetried', data: { task_id: TASK, retried_at: at(5) } } as Event;
    const { minute, now } = counted(
      `task-${TASK}`,
      ...([
        [0, submitted()],
        [1, deadLettered(at(1))],
        [5, retried],
        [6, assigned(at(6))],
        [8, completed(at(8))],
      ] as [number, Event][]),
    );
    expect(minute).toMatchObject({ submitted: 1, failed: 1, completed: 1, 'wait/ms': 1_000, 'response/ms': 2_000 });
    expect(now).toEqual({});
  });

  it('should not be told twice of what ended', () => {
    const late = { type: 'TaskDeadLetterRemoved', data: { task_id: TASK, removed_at: at(2), reason: '' } } as Event;
    const { minute } = counted(`task-${TASK}`, [0, submitted()], [1, deadLettered(at(1))], [2, late]);
    expect(minute).toEqual({ submitted: 1, failed: 1 });
  });

  it('should follow how many agents take tasks', () => {
    const { agent_id: _id, registered_at: _at, ...profile } = agentDocument();
    const registered = {
      type: 'AgentRegistered',
      data: { ...profile, agent_id: AGENT, registered_at: at(0), lifecycle: 'active' },
    } as unknown as Event;
    const offline = {
      type: 'AgentWentOffline',
      data: { agent_id: AGENT, at: at(2), last_heartbeat: at(1), reason: 'heartbeats_missed' },
    } as Event;
    const online = { type: 'AgentCameOnline', data: { agent_id: AGENT, at: at(3) } } as Event;
    const gone = { type: 'AgentDeregistered', data: { agent_id: AGENT, at: at(4) } } as unknown as Event;
    const stream = `agent-${AGENT}`;
    expect(counted(stream, [0, registered]).now).toEqual({ agents: 1 });
    expect(counted(stream, [0, registered], [1, offline]).now).toEqual({});
    expect(counted(stream, [0, registered], [1, offline], [2, online]).now).toEqual({ agents: 1 });
    const all = counted(stream, [0, registered], [1, offline], [2, online], [3, gone]);
    expect([all.now, all.subject]).toEqual([{}, undefined]);
  });

  it('should count runs of workflows, and how long those took that were completed', () => {
    const began = { type: 'RunStarted', data: { run_id: RUN, started_at: at(0) } } as Event;
    const done = { type: 'RunCompleted', data: { run_id: RUN, workflow_id: RUN, output: null, at: at(5) } } as Event;
    const failed = {
      type: 'RunFailed',
      data: { run_id: RUN, workflow_id: RUN, failure, compensated: false, at: at(5) },
    } as unknown as Event;
    const again = { type: 'RunRetried', data: { run_id: RUN, nodes: [], at: at(10) } } as unknown as Event;
    const stream = `run-${RUN}`;
    expect(counted(stream, [0, began], [5, done]).minute).toEqual({
      ...{ runs_started: 1, runs_completed: 1, 'run/ms': 5_000, 'run/24': 1 },
    });
    expect(
      counted(
        stream,
        [0, began],
        [5, failed],
        [10, again],
        [20, { ...done, data: { ...done.data, at: at(20) } } as Event],
      ).minute,
    ).toMatchObject({
      ...{ runs_started: 1, runs_failed: 1, runs_completed: 1, 'run/ms': 10_000 },
    });
  });
});
