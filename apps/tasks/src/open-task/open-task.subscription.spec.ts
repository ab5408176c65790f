import type { AgentDocument, AgentEvent, TaskEvent } from '@ao/contracts';
import type { RecordedEvent } from '@ao/event-log';
import type { OpenTask } from './open-task';
import { foldBatch } from './open-task.subscription';

const T0 = '2026-01-01T00:00:00.000Z';
const lease = (task_id: string, token = 'l1', agent_id = 'a') => ({
  task_id,
  agent_id,
  attempt: 1,
  lease_token: token,
});

const submitted = (task_id: string): TaskEvent => ({
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
