import { evolveAgent, type AgentDocument, type AgentEvent } from '@ao/contracts';
import type { EventBatch, EventReader, OwnedSubscription } from '@ao/event-log';
import type { Timers } from '@ao/timers';
import type { PoolClient } from 'pg';
import { leaseTimer, leaseTimerId } from '../lease/lease-deadlines';
import { timerChanges, type TimerChanges } from '../task/task-times';
import { dependencyChanges, dependencyTimer } from './end-dependency-when-task-ended';
import { agentLostBy, leasesOf } from './expire-leases-when-agent-lost';
import { evolveOpenTask, type OpenTask, type TaskInput } from './open-task';
import {
  applyAgents,
  applyDependencies,
  applyOpenTasks,
  loadAgents,
  loadOpenTasks,
  type DependencyChanges,
  type OpenTaskChanges,
} from './open-task.store';
import { withReopened } from './reopen-task-when-retried';

export const OPEN_TASKS = 'open-tasks';
export const OPEN_TASK_CATEGORIES = ['agent', 'task'] as const;

/** Of the columns and of what is read from the log into them; the migration that changes the tables raises it as well. */
const VERSION = 2;
/**
 * A start of the dispatcher reads the rest from the log, and who needs a lease that is not there yet waits for it: it does
 * not matter how old the tables are by a moment. The more tasks come and go within it, the less is written.
 */
const REST_MS = 100;

/**
 * Keeps `tasks.open_tasks`, `tasks.leases`, `tasks.dependencies`, their timers and `tasks.agents`. A batch is folded in memory
 * first and only its net effect is written, so that under load most tasks, whose life is shorter than a batch, cost no row
 * at all.
 */
export function openTaskSubscription(
  timers: Pick<Timers, 'schedule' | 'cancel'>,
  log: Pick<EventReader, 'readStream'>,
): OwnedSubscription {
  return {
    name: OPEN_TASKS,
    categories: OPEN_TASK_CATEGORIES,
    version: VERSION,
    batchSize: 1_000,
    restMs: REST_MS,
    async handle(batch, transaction) {
      const events = await withAllReopened(batch, log);
      const before = await tasksBefore(events, transaction);
      const agents = await agentsBefore(events, transaction);
      const { changes, dependencies, times, changedAgents, lostAgents } = foldBatch(events, before, agents);
      const lostBefore = changedAgents.length > 0 ? await applyAgents(transaction, changedAgents, lostAgents) : [];
      const lostNow = await applyOpenTasks(transaction, changes);
      const waitInVain = await applyDependencies(transaction, dependencies);
      // A lease that was lost and is over within the batch needs no timer; the task's next lease has its own.
      const over = new Set([...changes.released, ...changes.assigned.map(({ task_id }) => task_id)]);
      const lost = [...lostBefore.filter(({ task_id }) => !over.has(task_id)), ...lostNow];
      await timers.cancel(transaction, [...changes.released.map(leaseTimerId), ...times.over]);
      await timers.schedule(transaction, [
        ...changes.assigned.map(({ task_id, lease }) => leaseTimer(task_id, lease!.lease_token, lease!.expires_at)),
        ...lost.map(({ task_id, lease_token }) => leaseTimer(task_id, lease_token)),
        ...waitInVain.map(dependencyTimer),
        ...times.set,
      ]);
    },
  };
}

export interface BatchEffect {
  readonly changes: OpenTaskChanges;
  readonly dependencies: DependencyChanges;
  readonly times: TimerChanges;
  readonly changedAgents: AgentDocument[];
  readonly lostAgents: string[];
}

/** What a batch does to tables that hold `tasks` and `agents`. Pure. */
export function foldBatch(
  events: EventBatch,
  tasks: ReadonlyMap<string, OpenTask>,
  agents: ReadonlyMap<string, AgentDocument>,
): BatchEffect {
  const after = new Map<string, OpenTask | undefined>();
  const agentsAfter = new Map<string, AgentDocument>();
  const lostAgents = new Set<string>();
  const lost = new Set<string>();
  for (const event of events) {
    if (event.category === 'agent') {
      const agentEvent = event as unknown as AgentEvent;
      const { agent_id } = agentEvent.data;
      const agent = evolveAgent(agentsAfter.get(agent_id) ?? agents.get(agent_id), agentEvent);
      if (agent) agentsAfter.set(agent_id, agent);
      const lostAgent = agentLostBy(agentEvent);
      if (lostAgent === undefined) continue;
      lostAgents.add(lostAgent);
      for (const token of leasesOf(lostAgent, after.values())) lost.add(token);
    } else {
      const taskEvent = event as unknown as TaskInput;
      const { task_id } = taskEvent.data;
      after.set(task_id, evolveOpenTask(after.has(task_id) ? after.get(task_id) : tasks.get(task_id), taskEvent));
    }
  }
  return {
    changes: { ...changesBetween(tasks, after), lost },
    dependencies: dependencyChanges(tasks, after),
    times: timerChanges(tasks, after),
    changedAgents: [...agentsAfter.values()],
    lostAgents: [...lostAgents],
  };
}

function changesBetween(
  tasks: ReadonlyMap<string, OpenTask>,
  after: ReadonlyMap<string, OpenTask | undefined>,
): Omit<OpenTaskChanges, 'lost'> {
  const changes = {
    ended: [] as string[],
    released: [] as string[],
    opened: [] as OpenTask[],
    leased: [] as OpenTask[],
    assigned: [] as OpenTask[],
  };
  for (const [taskId, task] of after) {
    const before = tasks.get(taskId);
    if (task === before) continue;
    if (before && !task) changes.ended.push(taskId);
    if (before?.lease && !task?.lease) changes.released.push(taskId);
    if (task && !isSameRow(before, task)) changes.opened.push(task);
    if (task?.lease && task.lease !== before?.lease) changes.leased.push(task);
    if (task?.lease && task.lease.lease_token !== before?.lease?.lease_token) changes.assigned.push(task);
  }
  return changes;
}

/** All of a row that can change. */
function isSameRow(before: OpenTask | undefined, task: OpenTask): boolean {
  return (
    before?.ready_at === task.ready_at &&
    before.held === task.held &&
    before.priority === task.priority &&
    before.requirements === task.requirements &&
    before.not_before === task.not_before &&
    before.deadline === task.deadline
  );
}

async function withAllReopened(batch: EventBatch, log: Pick<EventReader, 'readStream'>): Promise<EventBatch> {
  if (!batch.some(({ type }) => type === 'TaskRetried')) return batch;
  return Promise.all(batch.map((event) => (event.type === 'TaskRetried' ? withReopened(log, event) : event)));
}

async function tasksBefore(events: EventBatch, transaction: PoolClient): Promise<Map<string, OpenTask>> {
  const submitted = new Set<string>();
  const wanted = new Set<string>();
  for (const { category, type, stream_id } of events) {
    if (category !== 'task') continue;
    const taskId = stream_id.slice('task-'.length);
    if (type === 'TaskSubmitted') submitted.add(taskId);
    else if (!submitted.has(taskId)) wanted.add(taskId);
  }
  if (wanted.size === 0) return new Map();
  const tasks = await loadOpenTasks(transaction, [...wanted]);
  return new Map(tasks.map((task) => [task.task_id, task]));
}

async function agentsBefore(events: EventBatch, transaction: PoolClient): Promise<Map<string, AgentDocument>> {
  const wanted = new Set<string>();
  for (const { category, stream_id } of events) {
    if (category === 'agent') wanted.add(stream_id.slice('agent-'.length));
  }
  if (wanted.size === 0) return new Map();
  const agents = await loadAgents(transaction, [...wanted]);
  return new Map(agents.map((agent) => [agent.agent_id, agent]));
}
