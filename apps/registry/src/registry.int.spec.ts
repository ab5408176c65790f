import {
  HeartbeatBatch,
  recordHeartbeat,
  registerAgent,
  reportAgentStatus,
  resolveAgent,
  type DataOf,
  type RequestContract,
  type ResultOf,
} from '@ao/contracts';
import { isRejection, newId, type CommandMetadata } from '@ao/kernel';
import { connectBus, createCommandClient, HEARTBEATS, type Bus, type CommandClient } from '@ao/messaging';
import { eventually, startService, testStack, type StartedService, type TestStack } from '@ao/testing';
import type { Pool } from 'pg';

/** The registry as a process of its own, with a real Postgres and NATS; this file speaks to it as the gateway does. */
describe('the registry', () => {
  let stack: TestStack;
  let bus: Bus;
  let client: CommandClient;
  let pool: Pool;
  const further: StartedService[] = [];

  beforeAll(async () => {
    stack = await testStack({ services: ['registry'] });
    const { user, password, inboxPrefix } = stack.nats.credentials('gateway');
    bus = await connectBus({ url: stack.nats.url, user, password, inboxPrefix, name: 'test' });
    client = createCommandClient(bus, { defaultTimeoutMs: 10_000 });
    pool = stack.database.pool('admin');
  });
  afterAll(async () => {
    await bus?.drain();
    await Promise.all(further.map((service) => service.kill()));
    await stack?.stop();
  });

  async function secondReplica(): Promise<StartedService> {
    const replica = await startService('registry', stack.environmentOf('registry'));
    further.push(replica);
    await replica.ready();
    return replica;
  }

  const metadata = (changes: Partial<CommandMetadata> = {}): CommandMetadata => {
    const command_id = newId();
    return {
      command_id,
      actor: { type: 'operator', id: 'test' },
      correlation_id: command_id,
      causation_id: command_id,
      ...changes,
    };
  };
  const ask = <C extends RequestContract>(contract: C, data: DataOf<C>, changes?: Partial<CommandMetadata>) =>
    client.send(contract, data, metadata(changes));
  async function expectDone<C extends RequestContract>(
    contract: C,
    data: DataOf<C>,
    changes?: Partial<CommandMetadata>,
  ): Promise<ResultOf<C>> {
    const result = await ask(contract, data, changes);
    if (isRejection(result)) throw new Error(result.message);
    return result.result;
  }

  const profileOf = (external_id: string, changes: Partial<DataOf<typeof registerAgent>> = {}) => ({
    external_id,
    name: external_id,
    agent_type: 'worker',
    capabilities: ['ocr'],
    services: [],
    endpoints: {},
    metadata: { any: ['thing'] },
    version: '1.0.0',
    tags: [],
    max_concurrent_tasks: 1,
    heartbeat_interval_seconds: 30,
    ...changes,
  });
  const register = (external_id: string, changes: Partial<DataOf<typeof registerAgent>> = {}) =>
    expectDone(registerAgent, profileOf(external_id, changes));
  const beat = (agent_id: string, load_metrics?: Record<string, number>) =>
    expectDone(recordHeartbeat, { agent_id, load_metrics });

  interface Told {
    readonly type: string;
    readonly data: { readonly at: string; readonly last_heartbeat: string; readonly reason?: string };
    readonly recorded_at: Date;
  }
  async function told(agentId: string): Promise<Told[]> {
    const { rows } = await pool.query<Told>(
      'select type, data, recorded_at from event_log.events where stream_id = $1 order by version',
      [`agent-${agentId}`],
    );
    return rows;
  }
  const typesOf = async (agentId: string) => (await told(agentId)).map(({ type }) => type);
  async function row(agentId: string) {
    const { rows } = await pool.query<{
      last_seen: Date;
      deadline: Date | null;
      liveness: string;
      load_metrics: Record<string, number> | null;
      health: string | null;
    }>('select * from telemetry.agent_liveness where agent_id = $1', [agentId]);
    return rows[0];
  }
  const head = async () =>
    (await pool.query<{ head: number }>('select coalesce(max(position), 0) as head from event_log.events')).rows[0]!
      .head;

  describe('registering', () => {
    it('should register once, whatever the number of repetitions', async () => {
      const first = await register('idempotent');
      expect(first.created).toBe(true);
      const second = await register('idempotent');
      expect(second).toEqual({ ...first, created: false });
      expect(await typesOf(first.agent_id)).toEqual(['AgentRegistered']);
      await register('idempotent', { capabilities: ['ocr', 'nlp'] });
      expect(await typesOf(first.agent_id)).toEqual(['AgentRegistered', 'AgentProfileChanged']);
      expect(await expectDone(resolveAgent, { external_id: 'idempotent' })).toEqual({ agent_id: first.agent_id });
      expect(await expectDone(resolveAgent, { external_id: 'nobody' })).toEqual({ agent_id: null });
    });

    it('should answer a repeated command with its first answer', async () => {
      const once = { command_id: newId(), idempotent: true };
      const first = await expectDone(registerAgent, profileOf('repeated'), once);
      const second = await expectDone(registerAgent, profileOf('repeated'), once);
      expect(second).toEqual(first);
      const other = await ask(registerAgent, profileOf('repeated', { version: '2' }), once);
      expect(other).toMatchObject({ kind: 'rejected', code: 'idempotency_key_reused' });
    });

    it('should make one agent of a hundred registrations at once, over two replicas', async () => {
      const replica = await secondReplica();
      // A client sends what it is given at once as one message, which one replica takes; so there are several.
      const clients = Array.from({ length: 10 }, () => createCommandClient(bus, { defaultTimeoutMs: 10_000 }));
      for (const external_id of ['contended-1', 'contended-2', 'contended-3']) {
        const results = await Promise.all(
          Array.from({ length: 100 }, async (_, index) => {
            const sender = clients[index % clients.length]!;
            const result = await sender.send(registerAgent, profileOf(external_id), metadata());
            if (isRejection(result)) throw new Error(result.message);
            return result.result;
          }),
        );
        const [agentId, ...others] = new Set(results.map(({ agent_id }) => agent_id));
        expect(others).toEqual([]);
        expect(results.filter(({ created }) => created)).toHaveLength(1);
        expect(await typesOf(agentId!)).toEqual(['AgentRegistered']);
        const { rows } = await pool.query(
          `select from event_log.events where category = 'agentalias' and data->>'external_id' = $1`,
          [external_id],
        );
        expect(rows).toHaveLength(1);
      }
      expect((await replica.stop()).code).toBe(0);
    });

    it('rejects a profile that no reply could carry', async () => {
      const note = 'x'.repeat(200_000);
      const result = await ask(registerAgent, profileOf('fat', { metadata: { note } }));
      expect(result).toMatchObject({ kind: 'rejected', rejection: 'too_large', code: 'profile_too_large' });
    });

    it('rejects a reserved word as an external id', async () => {
      const result = await ask(registerAgent, profileOf('discover'));
      expect(result).toMatchObject({ kind: 'rejected', rejection: 'invalid', pointer: '/external_id' });
    });
  });

  describe('beating', () => {
    it('should write no event, but the newest beat and load, and announce them', async () => {
      const { agent_id } = await register('beating');
      const announced: HeartbeatBatch['beats'] = [];
      const hearing = await bus.subscribe(HEARTBEATS, (body) => announced.push(...HeartbeatBatch.parse(body).beats));
      await eventually(async () => expect(await row(agent_id)).toBeDefined());
      const before = await head();
      const answers = await Promise.all(Array.from({ length: 300 }, (_, cpu_usage) => beat(agent_id, { cpu_usage })));
      expect(answers[0]?.heartbeat_interval_seconds).toBe(30);
      const newest = answers
        .map(({ received_at }) => received_at)
        .sort()
        .at(-1)!;
      await eventually(async () => {
        const now = await row(agent_id);
        expect(now?.last_seen.toISOString()).toBe(newest);
        expect(now?.load_metrics).toEqual({ cpu_usage: 299 });
        expect(now?.deadline?.getTime()).toBe(Date.parse(newest) + 33_000);
      });
      expect(await head()).toBe(before);
      await eventually(() =>
        expect(announced).toContainEqual({ agent_id, at: Date.parse(newest), load_metrics: { cpu_usage: 299 } }),
      );
      await hearing.stop();
    });

    it('should keep the load of a beat without one, and the health that was said', async () => {
      const { agent_id } = await register('modest');
      await expectDone(recordHeartbeat, { agent_id, load_metrics: { pending_tasks: 3 }, health: 'degraded' });
      await eventually(async () => expect((await row(agent_id))?.health).toBe('degraded'));
      const { received_at } = await beat(agent_id);
      await eventually(async () => expect((await row(agent_id))?.last_seen.toISOString()).toBe(received_at));
      expect(await row(agent_id)).toMatchObject({ load_metrics: { pending_tasks: 3 }, health: 'degraded' });
    });

    it('rejects a beat of an agent it does not know', async () => {
      const agent_id = newId();
      const result = await ask(recordHeartbeat, { agent_id });
      expect(result).toMatchObject({ kind: 'rejected', rejection: 'not_found', code: 'agent_not_found' });
      expect(await row(agent_id)).toBeUndefined();
    });
  });

  describe('silence', () => {
    it('should degrade after one missed beat and go offline after three, once each, and end by a beat at once', async () => {
      const { agent_id, registered_at } = await register('silent', { heartbeat_interval_seconds: 0.3 });
      await eventually(async () =>
        expect(await typesOf(agent_id)).toEqual(['AgentRegistered', 'AgentDegraded', 'AgentWentOffline']),
      );
      const [, degraded, offline] = await told(agent_id);
      // Within the grace of 250 ms, and a margin for a machine that does other things too.
      const silence = (event: Told | undefined) => Date.parse(event!.data.at) - Date.parse(registered_at);
      expect(silence(degraded)).toBeGreaterThan(300 + 250);
      expect(silence(degraded)).toBeLessThan(300 + 250 + 1_000);
      expect(silence(offline)).toBeGreaterThan(3 * 300 + 250);
      expect(silence(offline)).toBeLessThan(3 * 300 + 250 + 1_000);
      expect(offline?.data.reason).toBe('heartbeats_missed');
      await eventually(async () => expect(await row(agent_id)).toMatchObject({ liveness: 'offline', deadline: null }));

      await beat(agent_id);
      expect((await typesOf(agent_id)).at(-1)).toBe('AgentCameOnline');
      await eventually(async () =>
        expect((await typesOf(agent_id)).slice(3)).toEqual(['AgentCameOnline', 'AgentDegraded', 'AgentWentOffline']),
      );
    });

    it('should say nothing of an agent that beats in time', async () => {
      const { agent_id } = await register('punctual', { heartbeat_interval_seconds: 0.5 });
      const timer = setInterval(() => void beat(agent_id), 250);
      const { agent_id: silent } = await register('witness', { heartbeat_interval_seconds: 0.5 });
      await eventually(async () => expect(await typesOf(silent)).toContain('AgentWentOffline'));
      clearInterval(timer);
      expect(await typesOf(agent_id)).toEqual(['AgentRegistered']);
    });

    it('should end by registering again', async () => {
      const short = { heartbeat_interval_seconds: 0.2 };
      const { agent_id } = await register('returning', short);
      await eventually(async () => expect(await typesOf(agent_id)).toContain('AgentWentOffline'));
      await register('returning', short);
      expect(await typesOf(agent_id)).toEqual([
        'AgentRegistered',
        'AgentDegraded',
        'AgentWentOffline',
        'AgentCameOnline',
      ]);
    });
  });

  describe('reporting a status', () => {
    const report = (
      agent_id: string,
      status: 'active' | 'inactive' | 'busy' | 'stale',
      load?: Record<string, number>,
    ) => expectDone(reportAgentStatus, { agent_id, status, load_metrics: load });

    it('should follow the four words, and keep the load that came with them', async () => {
      const { agent_id } = await register('reporting');
      await report(agent_id, 'busy', { active_connections: 5, pending_tasks: 2 });
      await report(agent_id, 'active');
      await report(agent_id, 'inactive', { active_connections: 1 });
      await report(agent_id, 'inactive');
      expect(await typesOf(agent_id)).toEqual(['AgentRegistered', 'AgentMarkedBusy', 'AgentActivated', 'AgentStopped']);
      await eventually(async () => expect((await row(agent_id))?.load_metrics).toEqual({ active_connections: 1 }));
    });

    it('should treat stale as offline until the next beat', async () => {
      const { agent_id } = await register('stale');
      const { received_at } = await beat(agent_id);
      await report(agent_id, 'stale');
      const [, offline] = await told(agent_id);
      expect(offline).toMatchObject({ type: 'AgentWentOffline', data: { reason: 'marked_stale' } });
      expect(Date.parse(offline!.data.last_heartbeat)).toBeGreaterThanOrEqual(Date.parse(received_at));
      await eventually(async () => expect((await row(agent_id))?.liveness).toBe('offline'));
      await eventually(async () => {
        await beat(agent_id);
        expect(await typesOf(agent_id)).toEqual(['AgentRegistered', 'AgentWentOffline', 'AgentCameOnline']);
      });
    });

    it('should not let a beat start what was stopped', async () => {
      const { agent_id } = await register('stopped');
      await report(agent_id, 'inactive');
      await beat(agent_id);
      await register('stopped');
      expect(await typesOf(agent_id)).toEqual(['AgentRegistered', 'AgentStopped']);
    });

    it('rejects an agent it does not know', async () => {
      const result = await ask(reportAgentStatus, { agent_id: newId(), status: 'active' });
      expect(result).toMatchObject({ kind: 'rejected', rejection: 'not_found' });
    });
  });

  describe('a registry that is killed or cut off', () => {
    it('should count silence from when it listens again, and tell each transition once', async () => {
      const interval = 1;
      const silent = await register('silent-over-a-kill', { heartbeat_interval_seconds: interval });
      const faithful = await register('faithful-over-a-kill', { heartbeat_interval_seconds: interval });
      await eventually(async () => expect(await row(silent.agent_id)).toBeDefined());
      await stack.service('registry').kill();
      const diedAt = await databaseTime();
      await eventually(async () => expect((await databaseTime()) - diedAt).toBeGreaterThan(3_500));
      expect(await typesOf(silent.agent_id)).toEqual(['AgentRegistered']);

      await stack.restart('registry');
      // A little after it began to listen.
      const readyAt = await databaseTime();
      const timer = setInterval(() => void beat(faithful.agent_id), 300);
      try {
        await eventually(
          async () =>
            expect(await typesOf(silent.agent_id)).toEqual(['AgentRegistered', 'AgentDegraded', 'AgentWentOffline']),
          { timeoutMs: 20_000 },
        );
      } finally {
        clearInterval(timer);
      }
      const [, degraded] = await told(silent.agent_id);
      expect(Date.parse(degraded!.data.at) - readyAt).toBeGreaterThan((interval * 1_000) / 2);
      expect(Date.parse(degraded!.data.last_heartbeat)).toBeLessThan(diedAt);
      expect(await typesOf(faithful.agent_id)).toEqual(['AgentRegistered']);
    });

    it('should tell each transition of a fleet once, though it was killed in the middle of telling', async () => {
      const fleet = await Promise.all(
        Array.from({ length: 60 }, (_, index) =>
          register(`fleet-${index}`, { heartbeat_interval_seconds: 0.2 + (index % 10) / 10 }),
        ),
      );
      const ids = fleet.map(({ agent_id }) => agent_id);
      const transitions = async () => {
        const { rows } = await pool.query<{ stream_id: string; types: string[] }>(
          `select stream_id, array_agg(type order by version) as types from event_log.events
           where stream_id = any($1) group by stream_id`,
          [ids.map((id) => `agent-${id}`)],
        );
        return rows;
      };
      for (const enough of [5, 25]) {
        await eventually(async () => {
          const degraded = (await transitions()).filter(({ types }) => types.includes('AgentDegraded'));
          expect(degraded.length).toBeGreaterThanOrEqual(enough);
        });
        await stack.restart('registry');
      }
      await eventually(
        async () => {
          const all = await transitions();
          expect(all).toHaveLength(60);
          for (const { types } of all) expect(types).toContain('AgentWentOffline');
        },
        { timeoutMs: 20_000 },
      );
      for (const { types } of await transitions())
        expect(types).toEqual(['AgentRegistered', 'AgentDegraded', 'AgentWentOffline']);
    });

    it('should not call silent whom it could not hear while NATS was away', async () => {
      const { agent_id } = await register('unheard', { heartbeat_interval_seconds: 0.8 });
      await eventually(async () => expect(await row(agent_id)).toBeDefined());
      await stack.nats.kill();
      const lostAt = await databaseTime();
      await eventually(async () => expect((await databaseTime()) - lostAt).toBeGreaterThan(3_000));
      expect(await typesOf(agent_id)).toEqual(['AgentRegistered']);
      await stack.nats.restart();
      await eventually(async () => expect(isRejection(await ask(recordHeartbeat, { agent_id }))).toBe(false));
      expect(await typesOf(agent_id)).toEqual(['AgentRegistered']);
      // It was listening again after all.
      await eventually(async () => expect(await typesOf(agent_id)).toContain('AgentWentOffline'));
    });

    it('should be replaced by another replica', async () => {
      const replica = await secondReplica();
      const { agent_id } = await register('handed-over', { heartbeat_interval_seconds: 0.5 });
      await eventually(async () => expect(await row(agent_id)).toBeDefined());
      await stack.service('registry').kill();
      await eventually(async () =>
        expect(await typesOf(agent_id)).toEqual(['AgentRegistered', 'AgentDegraded', 'AgentWentOffline']),
      );
      await beat(agent_id);
      expect((await typesOf(agent_id)).at(-1)).toBe('AgentCameOnline');
      await replica.stop();
      await stack.restart('registry');
    });

    it('should bring an agent online by its first beat after the restart', async () => {
      const { agent_id } = await register('first-beat', { heartbeat_interval_seconds: 0.2 });
      await eventually(async () => expect(await typesOf(agent_id)).toContain('AgentWentOffline'));
      await stack.restart('registry');
      await beat(agent_id);
      expect((await typesOf(agent_id)).at(-1)).toBe('AgentCameOnline');
    });

    async function databaseTime(): Promise<number> {
      const { rows } = await pool.query<{ now: number }>(
        'select (extract(epoch from clock_timestamp()) * 1000)::float8 as now',
      );
      return rows[0]!.now;
    }
  });
});
