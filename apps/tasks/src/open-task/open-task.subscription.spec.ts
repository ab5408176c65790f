import type { AgentDocument, AgentEvent, TaskChanges, TaskEvent, TaskSpecification } from '@ao/contracts';
import type { RecordedEvent } from '@ao/event-log';
import { openTaskAfterRetry, type OpenTask } from './open-task';
import { foldBatch } from './open-task.subscription';
import { withReopened } from './reopen-task-when-retried';

const T0 = '2026-01-01T00:00:00.000Z';
const lease = (task_id: string, token = 'l1', agent_id = 'a') => ({
  task_id,
  agent_id,
  attempt: 1,
  lease_token: token,
});

const submitted = (task_id: string, change: Partial<TaskSpecification> = {}): TaskEvent => ({
  type: 'TaskSubmitted',
  data: {
    task_id,
    type: 't',
    payload: { large: true },
    priority: 40,
    pool: 'default',
    requirements: { capabilities: ['x'] },
    retry: { max_attempts: 3, initial_delay_ms: 0, factor: 1, max_delay_ms: 0, jitter: 0 },
    lease_seconds: 60,
    submitted_at: T0,
    ...change,
  },
});
const assigned = (task_id: string, token?: string, agent?: string): TaskEvent => ({
  type: 'TaskAssigned',
  data: {
    ...lease(task_id, token, agent),
    assigned_at: T0,
    lease_expires_at: '2026-01-01T00:01:00.000Z',
    pool: 'default',
    epoch: 1,
    reason: { strategy: 's', candidates: [], candidate_count: 1 },
  },
});
const started = (task_id: string): TaskEvent => ({
  type: 'TaskStarted',
  data: { ...lease(task_id), started_at: '2026-01-01T00:00:30.000Z' },
});
const completed = (task_id: string): TaskEvent => ({
  type: 'TaskCompleted',
  data: { ...lease(task_id), completed_at: T0, result: null },
});
const expired = (task_id: string): TaskEvent => ({
  type: 'TaskLeaseExpired',
  data: { ...lease(task_id), expired_at: '2026-01-01T00:01:30.000Z', reason: 'lease_expired', failed_attempts: 1 },
});
const wentOffline = (agent_id: string): AgentEvent => ({
  type: 'AgentWentOffline',
  data: { agent_id, at: T0, last_heartbeat: T0, reason: 'heartbeats_missed' },
});

const LATER = '2026-01-01T01:00:00.000Z';
const MUCH_LATER = '2026-01-02T00:00:00.000Z';
const released = (task_id: string): TaskEvent => ({ type: 'TaskReleased', data: { task_id, released_at: LATER } });
const dependencyEnded = (task_id: string, dependency_id: string): TaskEvent => ({
  type: 'TaskDependencyEnded',
  data: { task_id, dependency_id, status: 'completed', at: T0 },
});
const paused = (task_id: string): TaskEvent => ({
  type: 'TaskPaused',
  data: { task_id, paused_at: T0, reason: 'lunch', agent_id: 'a' },
});
const changed = (task_id: string, changes: TaskChanges): TaskEvent => ({
  type: 'TaskChanged',
  data: { task_id, changes, changed_at: T0 },
});

function effectOf(events: (TaskEvent | AgentEvent)[], tasks: OpenTask[] = [], agents: AgentDocument[] = []) {
  const batch = events.map((event, index) => ({
    ...event,
    position: index + 1,
    category: event.type.startsWith('Task') ? 'task' : 'agent',
  })) as unknown as RecordedEvent[];
  return foldBatch(
    batch,
    new Map(tasks.map((task) => [task.task_id, task])),
    new Map(agents.map((agent) => [agent.agent_id, agent])),
  );
}
const queuedTask: OpenTask = {
  task_id: '1',
  pool: 'default',
  type: 't',
  priority: 40,
  requirements: { capabilities: [] },
  lease_seconds: 60,
  position: 1,
  ready_at: Date.parse(T0),
};
const leasedTask: OpenTask = {
  ...queuedTask,
  lease: { agent_id: 'a', lease_token: 'l1', attempt: 1, started: true, expires_at: '2026-01-01T00:01:00.000Z' },
};
const nothing = { ended: [], released: [], opened: [], leased: [], assigned: [], lost: new Set() };

describe('the net effect of a batch', () => {
  it('should be nothing for a task that came and went within it', () => {
    expect(effectOf([submitted('1'), assigned('1'), started('1'), completed('1')]).changes).toEqual(nothing);
  });

  it('should open a new task without its payload', () => {
    const { changes } = effectOf([submitted('1')]);
    expect(changes).toEqual({
      ...nothing,
      opened: [{ ...queuedTask, requirements: { capabilities: ['x'] } }],
    });
  });

  it('should write the lease alone when a known task is assigned and started', () => {
    const { changes } = effectOf([assigned('1'), started('1')], [queuedTask]);
    expect(changes.opened).toEqual([]);
    expect(changes.assigned).toHaveLength(1);
    expect(changes.leased.map((task) => task.lease)).toEqual([
      { agent_id: 'a', lease_token: 'l1', attempt: 1, started: true, expires_at: '2026-01-01T00:01:30.000Z' },
    ]);
  });

  it('should release the lease of a task that is queued again, from when it may be given out', () => {
    const { changes } = effectOf([expired('1')], [leasedTask]);
    expect(changes).toMatchObject({ released: ['1'], leased: [], ended: [] });
    expect(changes.opened.map(({ ready_at }) => ready_at)).toEqual([Date.parse('2026-01-01T00:01:30.000Z')]);
  });

  it('should replace a lease by the next one', () => {
    const { changes } = effectOf([expired('1'), assigned('1', 'l2', 'b')], [leasedTask]);
    expect(changes).toMatchObject({ released: [], ended: [] });
    expect(changes.assigned.map(({ lease }) => lease?.lease_token)).toEqual(['l2']);
  });

  it('should end a task and its lease', () => {
    expect(effectOf([completed('1')], [leasedTask]).changes).toEqual({ ...nothing, ended: ['1'], released: ['1'] });
  });

  it('should name the leases that an agent lost, not those it got afterwards', () => {
    const effect = effectOf([submitted('1'), submitted('2'), assigned('1'), wentOffline('a'), assigned('2', 'l2')]);
    expect([...effect.changes.lost]).toEqual(['l1']);
    expect(effect.lostAgents).toEqual(['a']);
  });

  it('should take the leases of an agent that was deleted, not of one that was stopped', () => {
    const gone: AgentEvent = { type: 'AgentDeregistered', data: { agent_id: 'a', at: T0 } };
    const stopped: AgentEvent = { type: 'AgentStopped', data: { agent_id: 'a', at: T0 } };
    expect([...effectOf([submitted('1'), assigned('1'), stopped]).changes.lost]).toEqual([]);
    const effect = effectOf([submitted('1'), assigned('1'), gone]);
    expect([...effect.changes.lost]).toEqual(['l1']);
    expect(effect.lostAgents).toEqual(['a']);
  });
});

describe('a task that is held back', () => {
  it('should be written with what it waits for, and wake up at its time', () => {
    const { changes, times, dependencies } = effectOf([submitted('1', { not_before: LATER })]);
    expect(changes.opened).toMatchObject([{ held: 'scheduled', not_before: Date.parse(LATER) }]);
    expect(times).toEqual({
      set: [{ timer_id: 'release_task-1', due_at: LATER, kind: 'release_task', payload: null }],
      over: [],
    });
    expect(dependencies).toEqual({ over: [], added: [], ended: [] });
  });

  it('should wait for its time alone once the last of those it depends on has ended', () => {
    const first = effectOf([submitted('1', { not_before: LATER, depends_on: ['2', '3'] })]);
    expect(first.times.set).toEqual([]);
    expect(first.dependencies.added).toEqual([
      { task_id: '1', dependency_id: '2' },
      { task_id: '1', dependency_id: '3' },
    ]);
    const second = effectOf([dependencyEnded('1', '2')], first.changes.opened);
    expect(second.dependencies).toEqual({ over: [{ task_id: '1', dependency_id: '2' }], added: [], ended: [] });
    expect(second.times.set).toEqual([]);
    const waiting = [{ ...first.changes.opened[0]!, waits_for: ['3'] }];
    expect(effectOf([dependencyEnded('1', '3')], waiting).times.set).toMatchObject([{ due_at: LATER }]);
    expect(effectOf([dependencyEnded('1', '3'), released('1')], waiting).times).toEqual({ set: [], over: [] });
  });

  it('should be in its queue once it is released, and its timer gone', () => {
    const { opened } = effectOf([submitted('1', { not_before: LATER })]).changes;
    const { changes, times } = effectOf([released('1')], opened);
    expect(changes.opened).toMatchObject([{ ready_at: Date.parse(LATER) }]);
    expect(changes.opened[0]).not.toHaveProperty('held');
    expect(times).toEqual({ set: [], over: ['release_task-1'] });
  });

  it('should be scheduled again when it is resumed too early, else in its queue', () => {
    const { opened } = effectOf([submitted('1', { not_before: LATER }), paused('1')]).changes;
    expect(opened).toMatchObject([{ held: 'paused' }]);
    const resumed = (resumed_at: string): TaskEvent => ({ type: 'TaskResumed', data: { task_id: '1', resumed_at } });
    const early = effectOf([resumed(T0)], opened);
    expect(early.changes.opened).toMatchObject([{ held: 'scheduled' }]);
    expect(early.times.set).toMatchObject([{ kind: 'release_task', due_at: LATER }]);
    const late = effectOf([resumed(LATER)], opened);
    expect(late.changes.opened).toMatchObject([{ ready_at: Date.parse(LATER) }]);
    expect(late.changes.opened[0]).not.toHaveProperty('held');
    expect(late.times.set).toEqual([]);
  });

  it('should have no lease when it is paused', () => {
    const { changes } = effectOf([paused('1')], [leasedTask]);
    expect(changes).toMatchObject({ released: ['1'], leased: [], opened: [{ held: 'paused' }] });
  });

  it('should tell those that depend on it when it ends, also when it came and went within the batch', () => {
    expect(effectOf([completed('1')], [leasedTask]).dependencies.ended).toEqual(['1']);
    expect(effectOf([submitted('1'), assigned('1'), completed('1')]).dependencies.ended).toEqual(['1']);
    expect(effectOf([paused('1')], [leasedTask]).dependencies.ended).toEqual([]);
  });
});

describe('a deadline', () => {
  const due = (deadline: string) => [
    { timer_id: 'expire_task-1', due_at: deadline, kind: 'expire_task', payload: null },
  ];

  it('should be set, moved, and forgotten with the task or by a change', () => {
    const { changes, times } = effectOf([submitted('1', { deadline: LATER })]);
    expect(changes.opened).toMatchObject([{ deadline: Date.parse(LATER) }]);
    expect(times).toEqual({ set: due(LATER), over: [] });
    const moved = effectOf([changed('1', { deadline: MUCH_LATER })], changes.opened);
    expect(moved.times).toEqual({ set: due(MUCH_LATER), over: [] });
    expect(moved.changes.opened).toMatchObject([{ deadline: Date.parse(MUCH_LATER) }]);
    const over = { set: [], over: ['expire_task-1'] };
    expect(effectOf([changed('1', { deadline: null })], changes.opened).times).toEqual(over);
    expect(effectOf([completed('1')], changes.opened).times).toEqual(over);
    expect(effectOf([assigned('1'), started('1')], changes.opened).times).toEqual({ set: [], over: [] });
  });
});

describe('a change', () => {
  it('should be written when dispatching goes by it', () => {
    const requirements = { capabilities: ['y'] };
    const { changes } = effectOf([changed('1', { priority: 90, requirements, title: 'no matter' })], [queuedTask]);
    expect(changes.opened).toEqual([{ ...queuedTask, priority: 90, requirements }]);
    expect(effectOf([changed('1', { title: 'no matter' })], [queuedTask]).changes).toEqual(nothing);
  });
});

describe('the loss of an agent', () => {
  it('should leave the lease of a task alone that waits for its end', () => {
    const { changes } = effectOf([submitted('1', { on_agent_lost: 'wait' }), assigned('1'), wentOffline('a')]);
    expect([...changes.lost]).toEqual([]);
  });
});

describe('a retried task', () => {
  const dead: TaskEvent = { type: 'TaskCancelled', data: { task_id: '1', cancelled_at: T0, reason: 'r' } };
  const retried = (not_before?: string): TaskEvent => ({
    type: 'TaskRetried',
    data: { task_id: '1', retried_at: LATER, ...(not_before && { not_before }) },
  });
  const record = (events: TaskEvent[]) =>
    events.map((event, index) => ({ ...event, position: index + 1, version: index + 1, stream_id: 'task-1' }));

  it('should be what its stream says, up to that event', async () => {
    const submission = submitted('1', {
      depends_on: ['2'],
      not_before: LATER,
      deadline: MUCH_LATER,
      fairness_key: 'k',
    });
    const events = record([submission, changed('1', { priority: 77 }), dead, retried(), dead]);
    const log = {
      readStream: async (_stream: string, { fromVersion = 1, upTo = Infinity, limit = 1 } = {}) =>
        events.filter(({ version, position }) => version >= fromVersion && position <= upTo).slice(0, limit) as never,
    };
    const { reopened } = await withReopened(log, events[3] as unknown as RecordedEvent);
    expect(reopened).toEqual({
      ...queuedTask,
      priority: 77,
      requirements: { capabilities: ['x'] },
      fairness_key: 'k',
      deadline: Date.parse(MUCH_LATER),
      ready_at: Date.parse(LATER),
    });
    const { changes, times } = effectOf([{ ...retried(), reopened } as never]);
    expect(changes.opened).toEqual([reopened]);
    expect(times.set).toMatchObject([{ due_at: MUCH_LATER }]);
  });

  it('should not be given out before the time that is asked for', () => {
    const task = openTaskAfterRetry(record([submitted('1', { deadline: LATER }), dead, retried(MUCH_LATER)]));
    expect(task).toMatchObject({ ready_at: Date.parse(MUCH_LATER) });
    expect(task).not.toHaveProperty('deadline');
  });
});
