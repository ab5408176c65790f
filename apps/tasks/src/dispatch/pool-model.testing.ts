import type { AgentEvent, TaskEvent } from '@ao/contracts';
import { agentRegistered } from '@ao/contracts/testing';
import type { Clock } from '@ao/kernel';
import { leastConnections } from '@ao/routing';
import type { Gate, GateListener } from './gate';
import { Gates } from './gates';
import { PoolModel, type PoolInput, type PoolListener } from './pool-model';

type TaskSubmitted = Extract<TaskEvent, { type: 'TaskSubmitted' }>['data'];

export const T0 = Date.parse('2026-01-01T00:00:00.000Z');
export const iso = (milliseconds: number) => new Date(T0 + milliseconds).toISOString();

interface SceneOptions {
  readonly ageingMs?: number;
  readonly gates?: readonly ((listener: GateListener, clock: Clock) => Gate)[];
}

/** A model on a clock turned by hand, with builders of the events that it follows. */
export function scene({ ageingMs = 0, gates = [] }: SceneOptions = {}) {
  const told: string[] = [];
  const clock = { time: T0, now: () => clock.time };
  const listener: PoolListener = {
    assigned: (task, waited) => told.push(`${task.task_id} waited ${waited}`),
    whileLeased: ({ type, data }, lease) => told.push(`${type} of ${data.task_id} while ${lease.agent_id} had it`),
  };
  const all = new Gates();
  const pool = { pool: 'default', strategy: leastConnections, clock, listener, ageingMs, gates: all };
  const model = new PoolModel(pool);
  for (const gate of gates) all.add(gate(model, clock));
  let position = 0;
  const happens = (category: string, event: TaskEvent | AgentEvent): PoolInput => {
    const input = { category, position: (position += 1), type: event.type, data: event.data };
    model.apply(input);
    return input;
  };
  const lease = (task_id: string, agent_id: string) => ({ task_id, agent_id, attempt: 1, lease_token: `${task_id}!` });
  return {
    model,
    told,
    clock,
    agent: (agent_id: string, change: Parameters<typeof agentRegistered>[0] = {}) =>
      happens('agent', agentRegistered({ name: agent_id, ...change, agent_id, registered_at: iso(0) })),
    agentEvent: (type: AgentEvent['type'], agent_id: string) =>
      happens('agent', { type, data: { agent_id, at: iso(0) } } as AgentEvent),
    submitted: (task_id: string, change: Partial<TaskSubmitted> = {}) =>
      happens('task', {
        type: 'TaskSubmitted',
        data: {
          task_id,
          type: 't',
          payload: {},
          priority: 40,
          pool: 'default',
          requirements: { capabilities: [] },
          retry: { max_attempts: 3, initial_delay_ms: 0, factor: 1, max_delay_ms: 0, jitter: 0 },
          lease_seconds: 60,
          submitted_at: iso(clock.time - T0),
          ...change,
        },
      }),
    assigned: (task_id: string, agent_id: string) =>
      happens('task', {
        type: 'TaskAssigned',
        data: {
          ...lease(task_id, agent_id),
          assigned_at: iso(clock.time - T0),
          lease_expires_at: iso(clock.time - T0 + 60_000),
          pool: 'default',
          epoch: 1,
          reason: { strategy: 's', candidates: [], candidate_count: 1 },
        },
      }),
    started: (task_id: string, agent_id: string) =>
      happens('task', { type: 'TaskStarted', data: { ...lease(task_id, agent_id), started_at: iso(0) } }),
    completed: (task_id: string, agent_id: string) =>
      happens('task', {
        type: 'TaskCompleted',
        data: { ...lease(task_id, agent_id), completed_at: iso(0), result: null },
      }),
    failed: (task_id: string, agent_id: string, retry_at: string) =>
      happens('task', {
        type: 'TaskAttemptFailed',
        data: {
          ...lease(task_id, agent_id),
          failed_at: iso(0),
          failure: { message: '', retryable: true },
          failed_attempts: 1,
          retry_at,
        },
      }),
    taskEvent: (event: TaskEvent) => happens('task', event),
    cancelled: (task_id: string) =>
      happens('task', { type: 'TaskCancelled', data: { task_id, cancelled_at: iso(0), reason: 'not needed' } }),
    next: () => {
      model.wake();
      const match = model.reserve();
      return match && `${match.task.task_id}>${match.agent_id}`;
    },
  };
}
