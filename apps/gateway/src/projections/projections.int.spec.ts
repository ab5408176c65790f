import { createHash } from 'node:crypto';
import {
  agentEvents,
  capabilityEvents,
  taskEvents,
  type AgentEvent,
  type CapabilityEvent,
  type TaskEvent,
} from '@ao/contracts';
import { agentRegistered } from '@ao/contracts/testing';
import { createEventLog, createPool, createSubscriptions, type EventLog } from '@ao/event-log';
import { newId, streamId } from '@ao/kernel';
import { foldAsOf, rebuildProjection, runProjection, type Projection } from '@ao/projections';
import { testDatabase, type TestDatabase } from '@ao/testing';
import type { Pool } from 'pg';
import { ReadModelLists } from './read-model-lists';
import { AgentQueries } from './agents/agent.queries';
import { agentProjection } from './agents/agent.projection';
import { allProjections } from './all';
import { taskProjection } from './tasks/task.projection';
import { DeadLetterQueries } from './tasks/dead-letter.queries';
import { TaskQueries } from './tasks/task.queries';
import { contribution, statisticsFrom } from './tasks/task.statistics';
import type { TaskReadModel } from './tasks/task.read-model';

const TABLES = ['agents', 'agent_counters', 'recorded_capabilities', 'tasks', 'task_counters'] as const;
const TASKS = 300;
const AGENTS = 20;

/** The read models on a real log: what they become while they follow it, and what they become from position 0. */
describe('the read models', () => {
  let database: TestDatabase;
  let admin: Pool;
  let pool: Pool;
  let log: EventLog;
  const agentIds = Array.from({ length: AGENTS }, newId);
  const taskIds = Array.from({ length: TASKS }, newId);
  let head = 0;

  beforeAll(async () => {
    database = await testDatabase();
    admin = database.pool('admin');
    pool = createPool(database.urlFor('gateway'), { applicationName: 'read-models', max: 12 });
    log = createEventLog({ pool });
    await log.ready();
    const subscriptions = createSubscriptions({ pool, log, schema: 'read_models', pollIntervalMs: 20 });
    // While they follow: many small batches, cut wherever the writing happens to be.
    const running = await Promise.all(allProjections.map((p) => runProjection(subscriptions, p, { batchSize: 7 })));
    await liveThrough();
    head = await log.head();
    await Promise.all(running.map((projection) => projection.reached(head, 30_000)));
    await subscriptions.stop();
  });
  afterAll(async () => {
    await log?.close();
    await pool?.end();
    await database?.drop();
  });

  /** Random but repeatable lives of agents and tasks, interleaved on the log. */
  async function liveThrough(): Promise<void> {
    let state = 7;
    const random = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
    const lives = [
      ...agentIds.map((id) => ({ stream: streamId('agent', id), events: lifeOfAgent(id, random) })),
      ...agentIds.flatMap((id) =>
        ['ocr', 'summarize'].map((name) => {
          const capability_id = newId();
          return {
            stream: streamId('capability', capability_id),
            events: lifeOfCapability(capability_id, id, name, random),
          };
        }),
      ),
      ...taskIds.map((id) => ({ stream: streamId('task', id), events: lifeOfTask(id, agentIds, random) })),
    ];
    await Promise.all(
      lives.map(async ({ stream, events }) => {
        for (const [index, event] of events.entries()) await append(log, stream, index, event);
      }),
    );
  }

  async function digests(): Promise<Record<string, string>> {
    const found: Record<string, string> = {};
    for (const table of TABLES) {
      const { rows } = await admin.query<{ row: string }>(
        `select t::text as row from read_models.${table} t order by 1`,
      );
      found[table] = `${rows.length} rows ${createHash('sha256')
        .update(rows.map(({ row }) => row).join('\n'))
        .digest('hex')}`;
    }
    return found;
  }

  const rebuild = (projection: Projection) =>
    rebuildProjection(projection, { pool: admin, log, schema: 'read_models', batchSize: 1_000 });

  it('should be rebuilt from position 0 to the same bytes', async () => {
    const live = await digests();
    expect(live.tasks).toMatch(new RegExp(`^${TASKS} rows`));
    expect(live.agents).toMatch(new RegExp(`^${AGENTS} rows`));
    expect(live.recorded_capabilities).toMatch(/^[1-9]\d* rows/);
    for (const projection of allProjections) await rebuild(projection);
    expect(await digests()).toEqual(live);
  });

  it('should be told apart by that check when a projector looks at the clock', async () => {
    const mutant: Projection<TaskReadModel> = {
      ...taskProjection,
      evolve: (task, event) => {
        const next = taskProjection.evolve(task, event);
        return next && { ...next, updated_at: new Date(performance.timeOrigin + performance.now()).toISOString() };
      },
    };
    await rebuild(mutant as Projection);
    const first = await digests();
    await rebuild(mutant as Projection);
    expect((await digests()).tasks).not.toBe(first.tasks);
    await rebuild(taskProjection as Projection);
  });

  describe('their queries', () => {
    let tasks: TaskQueries;
    let agents: AgentQueries;
    let lists: ReadModelLists;
    let everyTask: TaskReadModel[];

    beforeAll(async () => {
      lists = new ReadModelLists(database.urlFor('gateway'), () => undefined);
      tasks = new TaskQueries(pool, lists, log);
      agents = new AgentQueries(pool, lists, log);
      everyTask = (await Promise.all(taskIds.map((id) => tasks.find(id)))).map((task) => task!);
    });
    afterAll(async () => {
      await lists?.close();
    });

    it('should find each by its id, and nothing by another', async () => {
      expect(everyTask.map(({ task_id }) => task_id)).toEqual(taskIds);
      expect(await tasks.find(newId())).toBeUndefined();
      expect((await agents.find(agentIds[0]!))?.agent_id).toBe(agentIds[0]);
      expect(await agents.idOfAlias(`agent-${agentIds[0]}`)).toBe(agentIds[0]);
      expect(await agents.idOfAlias('nobody')).toBeUndefined();
    });

    it('should keep sums that agree with the rows', async () => {
      const sums: Record<string, number> = {};
      for (const task of everyTask) {
        for (const [name, value] of Object.entries(contribution(task))) sums[name] = (sums[name] ?? 0) + value;
      }
      expect(await tasks.statistics()).toEqual(statisticsFrom(sums));
      const { agents: all } = await agents.list({ limit: 200, offset: 0 });
      const active = all.filter(({ lifecycle, liveness }) => lifecycle === 'active' && liveness !== 'offline');
      expect(await agents.countActive()).toBe(active.length);
    });

    it('should list by every filter, newest first, with the total', async () => {
      const newest = [...everyTask].sort((a, b) => (a.task_id < b.task_id ? 1 : -1));
      const shown = async (filter: object) =>
        (await tasks.list({ limit: 200, offset: 0, ...filter })).tasks.map((t) => t.task_id);
      expect(await shown({})).toEqual(newest.slice(0, 200).map((t) => t.task_id));
      expect(await shown({ statuses: ['completed'] })).toEqual(
        newest
          .filter((t) => t.status === 'completed')
          .slice(0, 200)
          .map((t) => t.task_id),
      );
      const agentId = everyTask.find((t) => t.agent_id !== null)!.agent_id!;
      expect(await shown({ agentId })).toEqual(newest.filter((t) => t.agent_id === agentId).map((t) => t.task_id));
      expect(await shown({ priority: { lowest: 50, highest: 69 } })).toEqual(
        newest.filter((t) => t.priority >= 50 && t.priority <= 69).map((t) => t.task_id),
      );
      expect(await shown({ statuses: ['completed', 'cancelled'] })).toEqual(
        newest
          .filter((t) => t.status === 'completed' || t.status === 'cancelled')
          .slice(0, 200)
          .map((t) => t.task_id),
      );
      // All of them were submitted at the same moment.
      expect(await shown({ submitted: { after: at(-1), before: at(1) } })).toEqual(await shown({}));
      expect(await shown({ submitted: { after: at(0) } })).toEqual([]);
      expect(await shown({ submitted: { before: at(0) } })).toEqual([]);
      const page = await tasks.list({ limit: 10, offset: 20 });
      expect(page.total).toBe(TASKS);
      expect(page.tasks.map((t) => t.task_id)).toEqual(newest.slice(20, 30).map((t) => t.task_id));
    });

    it('should list dead letters by what they have in common, and count them by it', async () => {
      const deadLetters = new DeadLetterQueries(pool);
      const dead = everyTask.filter(({ status }) => status === 'dead_lettered');
      expect(dead.length).toBeGreaterThan(5);
      const newest = [...dead].sort(
        (a, b) => b.ended_at!.localeCompare(a.ended_at!) || b.task_id.localeCompare(a.task_id),
      );
      const found = async (filter: object) =>
        (await deadLetters.list(filter, { limit: 200, offset: 0 })).deadLetters.map(({ task_id }) => task_id);
      expect(await found({})).toEqual(newest.map(({ task_id }) => task_id));
      const { agent_id } = newest[0]!;
      const ofAgent = newest.filter((task) => task.agent_id === agent_id).map(({ task_id }) => task_id);
      expect(await found({ agent_id, type: 'test', failure_class: 'unclassified', since: at(0) })).toEqual(ofAgent);
      for (const filter of [{ type: 'mail' }, { failure_class: 'oom' }, { since: at(60) }])
        expect(await found(filter)).toEqual([]);
      const page = await deadLetters.list({}, { limit: 2, offset: 1 });
      expect([page.total, page.deadLetters.map(({ task_id }) => task_id)]).toEqual([
        dead.length,
        newest.slice(1, 3).map(({ task_id }) => task_id),
      ]);
      const [group, ...more] = await deadLetters.statistics(at(3_600));
      expect([group, more]).toMatchObject([
        { class: 'unclassified', type: 'test', age: 'hour', count: dead.length },
        [],
      ]);
      expect((await deadLetters.statistics(at(30 * 86_400))).map(({ age }) => age)).toEqual(['older']);
    });

    it('should know how long the newest completed tasks of a type took', async () => {
      const took = everyTask.filter(({ status }) => status === 'completed');
      const durations = await tasks.durationsOf('test', 1_000);
      expect(durations).toEqual(took.map(() => 1_000));
      expect(await tasks.durationsOf('test', 3)).toHaveLength(3);
      expect(await tasks.durationsOf('mail', 10)).toEqual([]);
    });

    it('should filter agents by what they can do and where they stand', async () => {
      const { agents: all } = await agents.list({ limit: 200, offset: 0 });
      const byCapability = await agents.list({ capability: 'ocr', limit: 200, offset: 0 });
      expect(byCapability.agents.map((a) => a.agent_id)).toEqual(
        all.filter((a) => a.capabilities.includes('ocr')).map((a) => a.agent_id),
      );
      expect(byCapability.total).toBe(byCapability.agents.length);
      const { rows } = await admin.query<{ agent_id: string }>(
        `select agent_id from read_models.recorded_capabilities where name = 'summarize'`,
      );
      expect(rows.length).toBeGreaterThan(0);
      expect(rows.length).toBeLessThan(AGENTS);
      const registered = await agents.list({ capability: 'summarize', limit: 200, offset: 0 });
      expect(new Set(registered.agents.map((a) => a.agent_id))).toEqual(new Set(rows.map((row) => row.agent_id)));
      expect(registered.agents.every((a) => a.capabilities.includes('summarize'))).toBe(true);
      expect(registered.total).toBe(rows.length);
      const [one] = registered.agents;
      for (const found of [await agents.find(one!.agent_id), await agents.fresh(one!.agent_id)])
        expect(found?.capabilities).toEqual(one!.capabilities);
      const offline = await agents.list({ status: { of: 'deployment', word: 'offline' }, limit: 200, offset: 0 });
      const isOffline = (a: (typeof all)[number]) => a.lifecycle === 'stopped' || a.liveness === 'offline';
      expect(offline.agents.map((a) => a.agent_id)).toEqual(all.filter(isOffline).map((a) => a.agent_id));
    });

    it('should find the queued tasks that wait for one agent alone', async () => {
      const { rows } = await admin.query<{ id: string }>(
        `select id from read_models.tasks where status = 'queued' and pinned_agent_id = $1 order by id`,
        [agentIds[0]],
      );
      const waiting = everyTask.filter((t) => t.status === 'queued' && t.requirements.agent_id === agentIds[0]);
      expect(waiting.length).toBeGreaterThan(0);
      expect(rows.map(({ id }) => id)).toEqual(waiting.map((t) => t.task_id).sort());
    });

    it('should show an agent as it is now, with its telemetry', async () => {
      await admin.query(
        `insert into telemetry.agent_liveness (agent_id, interval_seconds, last_seen, load_metrics, health)
         values ($1, 30, '2026-01-01T00:00:00.123Z', '{"pending_tasks": 2}', 'degraded')`,
        [agentIds[1]],
      );
      expect(await agents.find(agentIds[1]!)).toMatchObject({
        last_heartbeat: '2026-01-01T00:00:00.123Z',
        load_metrics: { pending_tasks: 2 },
        health: 'degraded',
      });
      expect(await agents.find(agentIds[2]!)).toMatchObject({ last_heartbeat: null, load_metrics: {} });
    });

    it('should be folded as of any position to what they were then', async () => {
      const stream = streamId('task', taskIds[0]!);
      const events = await log.readStream(stream);
      let expected: TaskReadModel | undefined;
      for (const event of events) {
        expected = taskProjection.evolve(expected, event);
        const past = await foldAsOf(log, taskProjection, stream, { position: event.position });
        expect(past?.document).toEqual(expected);
      }
      expect(expected).toEqual(everyTask[0]);
      expect(await foldAsOf(log, agentProjection, streamId('agent', agentIds[0]!), { position: 0 })).toBeUndefined();
    });
  });
});

async function append(
  log: EventLog,
  stream_id: string,
  version: number,
  event: AgentEvent | CapabilityEvent | TaskEvent,
): Promise<void> {
  const contract = { ...agentEvents, ...capabilityEvents, ...taskEvents }[event.type];
  const outcome = await log.append({
    streams: [
      {
        stream_id,
        expected_version: version,
        events: [{ type: event.type, schema_version: contract.schemaVersion, data: contract.data.parse(event.data) }],
      },
    ],
    metadata: {
      actor: { type: 'operator', id: 'test' },
      correlation_id: newId(),
      causation_id: newId(),
      command_id: newId(),
    },
    command_hash: '0'.repeat(64),
    result: {},
  });
  if (outcome.kind !== 'appended') throw new Error(`not appended: ${JSON.stringify(outcome)}`);
}

const at = (step: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, step)).toISOString();

function lifeOfAgent(agent_id: string, random: () => number): AgentEvent[] {
  const events: AgentEvent[] = [
    agentRegistered({
      ...{ agent_id, external_id: `agent-${agent_id}`, name: 'An agent', registered_at: at(0) },
      capabilities: random() < 0.5 ? ['ocr'] : ['ocr', 'translate'].slice(random() < 0.5 ? 1 : 0),
      ...{ metadata: { '7': 'seven', a: [1, { b: null }] }, version: '1', max_concurrent_tasks: 2 },
      lifecycle: random() < 0.5 ? 'active' : 'initializing',
      details: { labels: { zone: 'a' }, role: 'reviewer' },
    }),
  ];
  const kinds = ['AgentActivated', 'AgentStopped', 'AgentMarkedBusy', 'AgentCameOnline'] as const;
  for (let step = 1; step < 8; step += 1) {
    const pick = Math.floor(random() * 6);
    if (pick < 4) events.push({ type: kinds[pick]!, data: { agent_id, at: at(step) } });
    else if (pick === 4)
      events.push({ type: 'AgentDegraded', data: { agent_id, at: at(step), last_heartbeat: at(0) } });
    else
      events.push({
        type: 'AgentWentOffline',
        data: { agent_id, at: at(step), last_heartbeat: at(0), reason: 'heartbeats_missed' },
      });
  }
  return events;
}

/** Follows the profile first, or somebody registers it at once; changes, ends, and may begin again. */
function lifeOfCapability(
  capability_id: string,
  agent_id: string,
  name: string,
  random: () => number,
): CapabilityEvent[] {
  const record = { capability_id, agent_id, name, groups: ['g'] };
  const events: CapabilityEvent[] = [];
  for (let round = 0; round < 2; round += 1) {
    const origin = random() < 0.5 ? 'record' : 'agent';
    events.push({
      type: 'CapabilityRegistered',
      data: { ...record, metadata: { '2': 'two', '1': 1.5 }, origin, created_at: at(round) },
    });
    if (random() < 0.5) {
      const metadata = { description: 'more' };
      events.push({
        type: 'CapabilityChanged',
        data: { ...record, metadata, origin: 'record', changed_at: at(round) },
      });
    }
    if (random() < 0.4) return events;
    events.push({ type: 'CapabilityRemoved', data: { capability_id, agent_id, name, at: at(round) } });
  }
  return events;
}

function lifeOfTask(task_id: string, agents: readonly string[], random: () => number): TaskEvent[] {
  const events: TaskEvent[] = [
    {
      type: 'TaskSubmitted',
      data: {
        ...{ task_id, pool: 'default', submitted_at: at(0), type: 'test', lease_seconds: 60 },
        payload: { '2': 'two', '1': 'one', text: 'ü "quoted" \\ 1e3', nested: { deep: [1.5, -0.25, 1e-7] } },
        priority: Math.floor(random() * 101),
        requirements: { capabilities: [], ...(random() < 0.3 && { agent_id: agents[0]! }) },
        retry: { max_attempts: 3, initial_delay_ms: 0, factor: 1, max_delay_ms: 0, jitter: 0 },
      },
    },
  ];
  for (let step = 1; step < 12; step += 4) {
    if (random() < 0.2) return events;
    const lease = {
      task_id,
      agent_id: agents[Math.floor(random() * agents.length)]!,
      attempt: 1,
      lease_token: task_id,
    };
    events.push({
      type: 'TaskAssigned',
      data: {
        ...{ ...lease, assigned_at: at(step), lease_expires_at: at(step + 60), pool: 'default', epoch: 1 },
        reason: {
          strategy: 'least_connections',
          candidates: [{ agent_id: lease.agent_id, score: 0 }],
          candidate_count: 1,
        },
      },
    });
    if (random() < 0.2) return events;
    events.push({ type: 'TaskStarted', data: { ...lease, started_at: at(step + 1) } });
    const end = random();
    const failure = { message: 'no', retryable: true };
    if (end < 0.5) {
      events.push({
        type: 'TaskCompleted',
        data: { ...lease, completed_at: at(step + 2), result: { '9': 1, a: 'b' } },
      });
      return events;
    }
    if (end < 0.7) {
      const failed_at = at(step + 2);
      events.push({
        type: 'TaskAttemptFailed',
        data: { ...lease, failed_at, failure, failed_attempts: 1, retry_at: at(step + 3) },
      });
    } else if (end < 0.8) {
      const expired_at = at(step + 2);
      events.push({
        type: 'TaskLeaseExpired',
        data: { ...lease, expired_at, reason: 'agent_lost', failed_attempts: 1 },
      });
    } else if (end < 0.9) {
      events.push({ type: 'TaskCancelled', data: { task_id, cancelled_at: at(step + 2), reason: 'queue_cleared' } });
      return events;
    } else {
      const dead_lettered_at = at(step + 2);
      events.push({ type: 'TaskDeadLettered', data: { task_id, dead_lettered_at, failed_attempts: 3, failure } });
      return events;
    }
  }
  return events;
}
