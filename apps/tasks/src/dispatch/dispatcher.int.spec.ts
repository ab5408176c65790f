import { evolveAgent, type TaskEvent } from '@ao/contracts';
import { agentRegistered } from '@ao/contracts/testing';
import {
  LogUnavailableError,
  OutcomeUnknownError,
  createCommandShell,
  createEventLog,
  createPool,
  type CommandShell,
  type EventLog,
} from '@ao/event-log';
import { isRejection, newId, streamId, type CommandMetadata } from '@ao/kernel';
import { eventually, testDatabase, type TestDatabase } from '@ao/testing';
import type { Pool } from 'pg';
import { submittedTask, type OpenTask } from '../open-task/open-task';
import { poolAggregate, poolId } from '../pool/pool.decider';
import { taskAggregate } from '../task/task.aggregate';
import type { TaskCommand } from '../task/task.decider';
import type { TaskState } from '../task/task.state';
import { Dispatcher, type Placement, type SubmitResult } from './dispatcher';
import { leastConnections } from '@ao/routing';
import { rosterAgent } from './agent-roster';
import { PoolModel } from './pool-model';
import { Submissions } from './submissions';

let database: TestDatabase;
let pool: Pool;
let log: EventLog;
let shell: CommandShell;
beforeAll(async () => {
  database = await testDatabase();
  pool = createPool(database.urlFor('tasks'), { applicationName: 'test' });
  log = createEventLog({ pool });
  await log.ready();
  shell = createCommandShell(log);
});
afterAll(async () => {
  await log?.close();
  await pool?.end();
  await database?.drop();
});

const metadata = () => {
  const command_id = newId();
  const actor = { type: 'system', id: 'test' } as const;
  return { command_id, actor, correlation_id: command_id, causation_id: command_id };
};

/** A shell that forgets what the dispatcher asked to be checked: the mutant. */
const withoutPreconditions = (inner: CommandShell): CommandShell => ({
  ...inner,
  run: (aggregate, id, command, options) => inner.run(aggregate, id, command, { ...options, also: [] }),
});

async function takePool(): Promise<number> {
  const data = { pool: 'default', owner: newId() };
  await shell.run(poolAggregate, poolId('default'), { type: 'TakePool', data, metadata: metadata() });
  return (await shell.state(poolAggregate, poolId('default'), { fresh: true })).version;
}

const requirements = { capabilities: [] };
const retry = { max_attempts: 1, initial_delay_ms: 0, factor: 1, max_delay_ms: 0, jitter: 0 };
const specification = { type: 't', payload: { n: 1 }, priority: 40, requirements, retry, lease_seconds: 60 };

/** Submits a task through the dispatcher. */
async function submitTo(dispatcher: Dispatcher, from: CommandMetadata = metadata(), using: CommandShell = shell) {
  const task_id = newId();
  const data = { task_id, specification, pool: 'default' };
  const task = submittedTask({ ...specification, ...data, submitted_at: new Date(0).toISOString() }, 1);
  const append = ({ assignment, ...precondition }: Partial<Placement> = {}) =>
    using.run<TaskState, TaskCommand, TaskEvent, SubmitResult>(
      taskAggregate,
      task_id,
      { type: 'SubmitTask', data: { ...data, ...(assignment && { assignment }) }, metadata: from },
      { payload: specification, isNew: true, ...precondition },
    );
  return { task_id, result: await dispatcher.submit(task, specification, from, append) };
}

async function typesOf(taskId: string): Promise<string[]> {
  return (await log.readStream(streamId('task', taskId))).map(({ type }) => type);
}

async function submit(): Promise<OpenTask> {
  const task_id = newId();
  const data = { task_id, specification, pool: 'default' };
  const result = await shell.run(taskAggregate, task_id, { type: 'SubmitTask', data, metadata: metadata() });
  if (isRejection(result)) throw new Error(result.message);
  const { position } = result;
  return { task_id, pool: 'default', type: 't', priority: 40, requirements, lease_seconds: 60, position, ready_at: 0 };
}

function agentTaking(max_concurrent_tasks: number) {
  return evolveAgent(undefined, agentRegistered({ agent_id: newId(), max_concurrent_tasks }))!;
}

/** An owner of the pool whose view of the world is what it is given here, however old that is. */
function owner(agent: ReturnType<typeof agentTaking>, tasks: OpenTask[], using: CommandShell = shell) {
  const sent: string[] = [];
  const errors: unknown[] = [];
  const model = new PoolModel({
    pool: 'default',
    strategy: leastConnections,
    clock: log.clock,
    listener: { assigned: () => undefined, whileLeased: () => undefined },
  });
  model.load([rosterAgent(agent)], tasks);
  const connections = [
    { agent_id: agent.agent_id, epoch: 1, connected: true, max_concurrent_tasks: agent.max_concurrent_tasks },
  ];
  model.roster.heard({ gateway_id: newId(), complete: true, connections }, log.clock.now());
  const dispatcher = new Dispatcher({
    model,
    submissions: new Submissions(log),
    shell: using,
    bus: { publish: () => true, publishText: (_subject, text) => Boolean(sent.push(text)) },
    clock: log.clock,
    strategy: leastConnections.name,
    logger: { error: (...error: unknown[]) => void errors.push(error), warn: () => undefined },
  });
  return { dispatcher, model, sent, errors };
}

async function leasesOf(agentId: string): Promise<number> {
  const { rows } = await pool.query<{ leases: number }>(
    `select count(*) as leases from event_log.events where type = 'TaskAssigned' and data ->> 'agent_id' = $1`,
    [agentId],
  );
  return rows[0]!.leases;
}

/** Two owners: the first has not heard that the second took the pool and gave the agent, who takes one task, a task. */
async function deposedOwnerGoesOn(
  using: CommandShell,
): Promise<{ leases: number; deposed: boolean; errors: unknown[] }> {
  const agent = agentTaking(1);
  const [mine, theirs] = [await submit(), await submit()];
  const stale = owner(agent, [mine], using);
  const staleEpoch = await takePool();
  const next = owner(agent, [theirs]);
  next.dispatcher.begin(await takePool(), () => undefined);
  await eventually(async () => expect(await leasesOf(agent.agent_id)).toBe(1));
  let deposed = false;
  stale.dispatcher.begin(staleEpoch, () => (deposed = true));
  await stale.dispatcher.end();
  await next.dispatcher.end();
  return { leases: await leasesOf(agent.agent_id), deposed, errors: [...stale.errors, ...next.errors] };
}

describe('an owner that was deposed without knowing it', () => {
  it('should assign nothing more, and hear of it by that', async () => {
    const agent = agentTaking(1);
    const task = await submit();
    const stale = owner(agent, [task]);
    const epoch = await takePool();
    await takePool();
    let deposed = 0;
    stale.dispatcher.begin(epoch, () => (deposed += 1));
    await eventually(() => expect(deposed).toBe(1));
    expect(stale.dispatcher.active).toBe(false);
    expect(await leasesOf(agent.agent_id)).toBe(0);
    expect(stale.sent).toEqual([]);
    await stale.dispatcher.end();
  });

  it('should not give an agent more than it takes', async () => {
    expect(await deposedOwnerGoesOn(shell)).toMatchObject({ leases: 1, errors: [] });
  });

  it('should do so but for the pool as a precondition of every assignment (control)', async () => {
    expect(await deposedOwnerGoesOn(withoutPreconditions(shell))).toMatchObject({ leases: 2, deposed: false });
  });
});

describe('a task that comes while an agent is free for it', () => {
  const BOTH = ['TaskSubmitted', 'TaskAssigned'];

  it("should be the agent's in the unit that submits it, and go to it", async () => {
    const agent = agentTaking(1);
    const { dispatcher, sent, errors } = owner(agent, []);
    dispatcher.begin(await takePool(), () => undefined);
    const { task_id, result } = await submitTo(dispatcher);
    expect(result).toMatchObject({ kind: 'done', result: { task_id, lease: { agent_id: agent.agent_id } } });
    const events = await log.readStream(streamId('task', task_id));
    expect(events.map(({ type }) => type)).toEqual(BOTH);
    expect(new Set(events.map(({ metadata: { command_id } }) => command_id)).size).toBe(1);
    expect(sent.map((text) => JSON.parse(text) as unknown)).toEqual([
      expect.objectContaining({ task: expect.objectContaining({ taskId: task_id, payload: { n: 1 } }) as unknown }),
    ]);
    const next = await submitTo(dispatcher);
    expect(await typesOf(next.task_id)).toEqual(['TaskSubmitted']);
    await dispatcher.end();
    expect(errors).toEqual([]);
  });

  it('should get its first answer when it is repeated, and take no seat a second time', async () => {
    const agent = agentTaking(2);
    const { dispatcher, sent } = owner(agent, []);
    dispatcher.begin(await takePool(), () => undefined);
    const from = metadata();
    const first = await submitTo(dispatcher, from);
    const again = await submitTo(dispatcher, from);
    expect(again.result).toEqual(first.result);
    expect(await typesOf(again.task_id)).toEqual([]);
    expect(await typesOf((await submitTo(dispatcher)).task_id)).toEqual(BOTH);
    expect(sent).toHaveLength(2);
    await dispatcher.end();
  });

  it('should wait behind one that was submitted before and that the model has not seen', async () => {
    const agent = agentTaking(1);
    const { dispatcher } = owner(agent, []);
    dispatcher.begin(await takePool(), () => undefined);
    const { position } = await submit();
    dispatcher.queued(position);
    expect(await typesOf((await submitTo(dispatcher)).task_id)).toEqual(['TaskSubmitted']);
    dispatcher.followed(await log.head());
    expect(await typesOf((await submitTo(dispatcher)).task_id)).toEqual(BOTH);
    await dispatcher.end();
  });

  it('should be submitted without the agent by an owner that was deposed without knowing it', async () => {
    const { dispatcher, model, sent } = owner(agentTaking(1), []);
    const epoch = await takePool();
    await takePool();
    let deposed = 0;
    dispatcher.begin(epoch, () => (deposed += 1));
    const { task_id, result } = await submitTo(dispatcher);
    expect(result).toMatchObject({ kind: 'done', result: { task_id } });
    expect(await typesOf(task_id)).toEqual(['TaskSubmitted']);
    expect(deposed).toBe(1);
    expect(sent).toEqual([]);
    expect(model.openLeases).toBe(0);
    await dispatcher.end();
  });

  it('should keep the seat while nobody knows whether it was appended', async () => {
    const { dispatcher } = owner(agentTaking(1), []);
    dispatcher.begin(await takePool(), () => undefined);
    const lost = { ...shell, run: () => Promise.reject(new OutcomeUnknownError('some command', undefined)) };
    await expect(submitTo(dispatcher, metadata(), lost)).rejects.toThrow(OutcomeUnknownError);
    expect(await typesOf((await submitTo(dispatcher)).task_id)).toEqual(['TaskSubmitted']);
    await dispatcher.end();
  });

  it('should leave the seat free when the log is not there', async () => {
    const { dispatcher } = owner(agentTaking(1), []);
    dispatcher.begin(await takePool(), () => undefined);
    const away = { ...shell, run: () => Promise.reject(new LogUnavailableError('no log')) };
    await expect(submitTo(dispatcher, metadata(), away)).rejects.toThrow(LogUnavailableError);
    expect(await typesOf((await submitTo(dispatcher)).task_id)).toEqual(BOTH);
    await dispatcher.end();
  });
});

describe('the owner', () => {
  it('should append first, then tell the agent', async () => {
    const agent = agentTaking(2);
    const tasks = [await submit(), await submit(), await submit()];
    const { dispatcher, sent, errors } = owner(agent, tasks);
    const epoch = await takePool();
    dispatcher.begin(epoch, () => undefined);
    await eventually(() => expect(sent).toHaveLength(2));
    await dispatcher.end();
    expect(errors).toEqual([]);
    const messages = sent.map(
      (text) => JSON.parse(text) as { type: string; task: { taskId: string; leaseToken: string } },
    );
    expect(messages[0]).toMatchObject({ type: 'task_assigned', task: { payload: { n: 1 }, attempt: 1, timeout: 60 } });
    for (const { task } of messages) {
      const { state } = await shell.state(taskAggregate, task.taskId, { fresh: true });
      expect(state).toMatchObject({
        status: 'assigned',
        lease: { agent_id: agent.agent_id, lease_token: task.leaseToken },
      });
    }
    expect(messages.map(({ task }) => task.taskId).sort()).toEqual([tasks[0]!.task_id, tasks[1]!.task_id].sort());
  });
});
