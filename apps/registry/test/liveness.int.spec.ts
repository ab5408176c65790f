import { recordHeartbeat } from '@ao/contracts';
import { isRejection } from '@ao/kernel';
import { eventually } from '@ao/testing';
import { startRegistry, type RegistryHarness, type Told } from './registry-harness';

describe('liveness', () => {
  let registry: RegistryHarness;

  beforeAll(async () => {
    registry = await startRegistry();
  });
  afterAll(() => registry?.stop());

  describe('silence', () => {
    it('should degrade after one missed beat and go offline after three, once each, and end by a beat at once', async () => {
      const { agent_id, registered_at } = await registry.register('silent', { heartbeat_interval_seconds: 0.3 });
      await eventually(async () =>
        expect(await registry.typesOf(agent_id)).toEqual(['AgentRegistered', 'AgentDegraded', 'AgentWentOffline']),
      );
      const [, degraded, offline] = await registry.told(agent_id);
      // Within the grace of 250 ms, and a margin for a machine that does other things too.
      const silence = (event: Told | undefined) => Date.parse(event!.data.at) - Date.parse(registered_at);
      expect(silence(degraded)).toBeGreaterThan(300 + 250);
      expect(silence(degraded)).toBeLessThan(300 + 250 + 1_000);
      expect(silence(offline)).toBeGreaterThan(3 * 300 + 250);
      expect(silence(offline)).toBeLessThan(3 * 300 + 250 + 1_000);
      expect(offline?.data.reason).toBe('heartbeats_missed');
      await eventually(async () =>
        expect(await registry.row(agent_id)).toMatchObject({ liveness: 'offline', deadline: null }),
      );

      await registry.beat(agent_id);
      expect((await registry.typesOf(agent_id)).at(-1)).toBe('AgentCameOnline');
      await eventually(async () =>
        expect((await registry.typesOf(agent_id)).slice(3)).toEqual([
          'AgentCameOnline',
          'AgentDegraded',
          'AgentWentOffline',
        ]),
      );
    });

    it('should say nothing of an agent that beats in time', async () => {
      const { agent_id } = await registry.register('punctual', { heartbeat_interval_seconds: 0.5 });
      const timer = setInterval(() => void registry.beat(agent_id), 250);
      const { agent_id: silent } = await registry.register('witness', { heartbeat_interval_seconds: 0.5 });
      await eventually(async () => expect(await registry.typesOf(silent)).toContain('AgentWentOffline'));
      clearInterval(timer);
      expect(await registry.typesOf(agent_id)).toEqual(['AgentRegistered']);
    });

    it('should end by registering again', async () => {
      const short = { heartbeat_interval_seconds: 0.2 };
      const { agent_id } = await registry.register('returning', short);
      await eventually(async () => expect(await registry.typesOf(agent_id)).toContain('AgentWentOffline'));
      await registry.register('returning', short);
      expect(await registry.typesOf(agent_id)).toEqual([
        'AgentRegistered',
        'AgentDegraded',
        'AgentWentOffline',
        'AgentCameOnline',
      ]);
    });
  });

  describe('a registry that is killed or cut off', () => {
    it('should count silence from when it listens again, and tell each transition once', async () => {
      const interval = 1;
      const silent = await registry.register('silent-over-a-kill', { heartbeat_interval_seconds: interval });
      const faithful = await registry.register('faithful-over-a-kill', { heartbeat_interval_seconds: interval });
      await eventually(async () => expect(await registry.row(silent.agent_id)).toBeDefined());
      await registry.stack.service('registry').kill();
      const diedAt = await registry.databaseTime();
      await eventually(async () => expect((await registry.databaseTime()) - diedAt).toBeGreaterThan(3_500));
      expect(await registry.typesOf(silent.agent_id)).toEqual(['AgentRegistered']);

      await registry.stack.restart('registry');
      // A little after it began to listen.
      const readyAt = await registry.databaseTime();
      const timer = setInterval(() => void registry.beat(faithful.agent_id), 300);
      try {
        await eventually(
          async () =>
            expect(await registry.typesOf(silent.agent_id)).toEqual([
              'AgentRegistered',
              'AgentDegraded',
              'AgentWentOffline',
            ]),
          { timeoutMs: 20_000 },
        );
      } finally {
        clearInterval(timer);
      }
      const [, degraded] = await registry.told(silent.agent_id);
      expect(Date.parse(degraded!.data.at) - readyAt).toBeGreaterThan((interval * 1_000) / 2);
      expect(Date.parse(degraded!.data.last_heartbeat)).toBeLessThan(diedAt);
      expect(await registry.typesOf(faithful.agent_id)).toEqual(['AgentRegistered']);
    });

    it('should tell each transition of a fleet once, though it was killed in the middle of telling', async () => {
      const fleet = await Promise.all(
        Array.from({ length: 60 }, (_, index) =>
          registry.register(`fleet-${index}`, { heartbeat_interval_seconds: 0.2 + (index % 10) / 10 }),
        ),
      );
      const ids = fleet.map(({ agent_id }) => agent_id);
      const transitions = async () => {
        const { rows } = await registry.pool.query<{ stream_id: string; types: string[] }>(
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
        await registry.stack.restart('registry');
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
      const { agent_id } = await registry.register('unheard', { heartbeat_interval_seconds: 0.8 });
      await eventually(async () => expect(await registry.row(agent_id)).toBeDefined());
      await registry.stack.nats.kill();
      const lostAt = await registry.databaseTime();
      await eventually(async () => expect((await registry.databaseTime()) - lostAt).toBeGreaterThan(3_000));
      expect(await registry.typesOf(agent_id)).toEqual(['AgentRegistered']);
      await registry.stack.nats.restart();
      await eventually(async () => expect(isRejection(await registry.ask(recordHeartbeat, { agent_id }))).toBe(false));
      expect(await registry.typesOf(agent_id)).toEqual(['AgentRegistered']);
      // It was listening again after all.
      await eventually(async () => expect(await registry.typesOf(agent_id)).toContain('AgentWentOffline'));
    });

    it('should be replaced by another replica', async () => {
      const replica = await registry.secondReplica();
      const { agent_id } = await registry.register('handed-over', { heartbeat_interval_seconds: 0.5 });
      await eventually(async () => expect(await registry.row(agent_id)).toBeDefined());
      await registry.stack.service('registry').kill();
      await eventually(async () =>
        expect(await registry.typesOf(agent_id)).toEqual(['AgentRegistered', 'AgentDegraded', 'AgentWentOffline']),
      );
      await registry.beat(agent_id);
      expect((await registry.typesOf(agent_id)).at(-1)).toBe('AgentCameOnline');
      await replica.stop();
      await registry.stack.restart('registry');
    });

    it('should bring an agent online by its first beat after the restart', async () => {
      const { agent_id } = await registry.register('first-beat', { heartbeat_interval_seconds: 0.2 });
      await eventually(async () => expect(await registry.typesOf(agent_id)).toContain('AgentWentOffline'));
      await registry.stack.restart('registry');
      await registry.beat(agent_id);
      expect((await registry.typesOf(agent_id)).at(-1)).toBe('AgentCameOnline');
    });
  });
});
