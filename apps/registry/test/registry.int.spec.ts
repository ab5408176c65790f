import { HeartbeatBatch, recordHeartbeat, registerAgent, reportAgentStatus, resolveAgent } from '@ao/contracts';
import { isRejection, newId } from '@ao/kernel';
import { createCommandClient, HEARTBEATS } from '@ao/messaging';
import { eventually, testMetadata } from '@ao/testing';
import { profileOf, startRegistry, type RegistryHarness } from './registry-harness';

describe('the registry', () => {
  let registry: RegistryHarness;

  beforeAll(async () => {
    registry = await startRegistry();
  });
  afterAll(() => registry?.stop());

  describe('registering', () => {
    it('should register once, whatever the number of repetitions', async () => {
      const first = await registry.register('idempotent');
      expect(first.created).toBe(true);
      const second = await registry.register('idempotent');
      expect(second).toEqual({ ...first, created: false });
      expect(await registry.typesOf(first.agent_id)).toEqual(['AgentRegistered']);
      await registry.register('idempotent', { capabilities: ['ocr', 'nlp'] });
      expect(await registry.typesOf(first.agent_id)).toEqual(['AgentRegistered', 'AgentProfileChanged']);
      expect(await registry.expectDone(resolveAgent, { external_id: 'idempotent' })).toEqual({
        agent_id: first.agent_id,
      });
      expect(await registry.expectDone(resolveAgent, { external_id: 'nobody' })).toEqual({ agent_id: null });
    });

    it('should answer a repeated command with its first answer', async () => {
      const once = { command_id: newId(), idempotent: true };
      const first = await registry.expectDone(registerAgent, profileOf('repeated'), once);
      const second = await registry.expectDone(registerAgent, profileOf('repeated'), once);
      expect(second).toEqual(first);
      const other = await registry.ask(registerAgent, profileOf('repeated', { version: '2' }), once);
      expect(other).toMatchObject({ kind: 'rejected', code: 'idempotency_key_reused' });
    });

    it('should make one agent of a hundred registrations at once, over two replicas', async () => {
      const replica = await registry.secondReplica();
      // A client sends what it is given at once as one message, which one replica takes; so there are several.
      const clients = Array.from({ length: 10 }, () => createCommandClient(registry.bus, { defaultTimeoutMs: 10_000 }));
      for (const external_id of ['contended-1', 'contended-2', 'contended-3']) {
        const results = await Promise.all(
          Array.from({ length: 100 }, async (_, index) => {
            const sender = clients[index % clients.length]!;
            const result = await sender.send(registerAgent, profileOf(external_id), testMetadata());
            if (isRejection(result)) throw new Error(result.message);
            return result.result;
          }),
        );
        const [agentId, ...others] = new Set(results.map(({ agent_id }) => agent_id));
        expect(others).toEqual([]);
        expect(results.filter(({ created }) => created)).toHaveLength(1);
        expect(await registry.typesOf(agentId!)).toEqual(['AgentRegistered']);
        const { rows } = await registry.pool.query(
          `select from event_log.events where category = 'agentalias' and data->>'external_id' = $1`,
          [external_id],
        );
        expect(rows).toHaveLength(1);
      }
      expect((await replica.stop()).code).toBe(0);
    });

    it('rejects a profile that no reply could carry', async () => {
      const note = 'x'.repeat(200_000);
      const result = await registry.ask(registerAgent, profileOf('fat', { metadata: { note } }));
      expect(result).toMatchObject({ kind: 'rejected', rejection: 'too_large', code: 'profile_too_large' });
    });

    it('rejects a reserved word as an external id', async () => {
      const result = await registry.ask(registerAgent, profileOf('discover'));
      expect(result).toMatchObject({ kind: 'rejected', rejection: 'invalid', pointer: '/external_id' });
    });
  });

  describe('beating', () => {
    it('should write no event, but the newest beat and load, and announce them', async () => {
      const { agent_id } = await registry.register('beating');
      const announced: HeartbeatBatch['beats'] = [];
      const hearing = await registry.bus.subscribe(HEARTBEATS, (body) =>
        announced.push(...HeartbeatBatch.parse(body).beats),
      );
      await eventually(async () => expect(await registry.row(agent_id)).toBeDefined());
      const before = await registry.head();
      const answers = await Promise.all(
        Array.from({ length: 300 }, (_, cpu_usage) => registry.beat(agent_id, { cpu_usage })),
      );
      expect(answers[0]?.heartbeat_interval_seconds).toBe(30);
      const newest = answers
        .map(({ received_at }) => received_at)
        .sort()
        .at(-1)!;
      await eventually(async () => {
        const now = await registry.row(agent_id);
        expect(now?.last_seen.toISOString()).toBe(newest);
        expect(now?.load_metrics).toEqual({ cpu_usage: 299 });
        expect(now?.deadline?.getTime()).toBe(Date.parse(newest) + 33_000);
      });
      expect(await registry.head()).toBe(before);
      await eventually(() =>
        expect(announced).toContainEqual({ agent_id, at: Date.parse(newest), load_metrics: { cpu_usage: 299 } }),
      );
      await hearing.stop();
    });

    it('should keep the load of a beat without one, and the health that was said', async () => {
      const { agent_id } = await registry.register('modest');
      await registry.expectDone(recordHeartbeat, { agent_id, load_metrics: { pending_tasks: 3 }, health: 'degraded' });
      await eventually(async () => expect((await registry.row(agent_id))?.health).toBe('degraded'));
      const { received_at } = await registry.beat(agent_id);
      await eventually(async () => expect((await registry.row(agent_id))?.last_seen.toISOString()).toBe(received_at));
      expect(await registry.row(agent_id)).toMatchObject({ load_metrics: { pending_tasks: 3 }, health: 'degraded' });
    });

    it('rejects a beat of an agent it does not know', async () => {
      const agent_id = newId();
      const result = await registry.ask(recordHeartbeat, { agent_id });
      expect(result).toMatchObject({ kind: 'rejected', rejection: 'not_found', code: 'agent_not_found' });
      expect(await registry.row(agent_id)).toBeUndefined();
    });
  });

  describe('reporting a status', () => {
    const report = (
      agent_id: string,
      status: 'active' | 'inactive' | 'busy' | 'stale',
      load?: Record<string, number>,
    ) => registry.expectDone(reportAgentStatus, { agent_id, status, load_metrics: load });

    it('should follow the four words, and keep the load that came with them', async () => {
      const { agent_id } = await registry.register('reporting');
      await report(agent_id, 'busy', { active_connections: 5, pending_tasks: 2 });
      await report(agent_id, 'active');
      await report(agent_id, 'inactive', { active_connections: 1 });
      await report(agent_id, 'inactive');
      expect(await registry.typesOf(agent_id)).toEqual([
        'AgentRegistered',
        'AgentMarkedBusy',
        'AgentActivated',
        'AgentStopped',
      ]);
      await eventually(async () =>
        expect((await registry.row(agent_id))?.load_metrics).toEqual({ active_connections: 1 }),
      );
    });

    it('should treat stale as offline until the next beat', async () => {
      const { agent_id } = await registry.register('stale');
      const { received_at } = await registry.beat(agent_id);
      await report(agent_id, 'stale');
      const [, offline] = await registry.told(agent_id);
      expect(offline).toMatchObject({ type: 'AgentWentOffline', data: { reason: 'marked_stale' } });
      expect(Date.parse(offline!.data.last_heartbeat)).toBeGreaterThanOrEqual(Date.parse(received_at));
      await eventually(async () => expect((await registry.row(agent_id))?.liveness).toBe('offline'));
      await eventually(async () => {
        await registry.beat(agent_id);
        expect(await registry.typesOf(agent_id)).toEqual(['AgentRegistered', 'AgentWentOffline', 'AgentCameOnline']);
      });
    });

    it('should not let a beat start what was stopped', async () => {
      const { agent_id } = await registry.register('stopped');
      await report(agent_id, 'inactive');
      await registry.beat(agent_id);
      await registry.register('stopped');
      expect(await registry.typesOf(agent_id)).toEqual(['AgentRegistered', 'AgentStopped']);
    });

    it('rejects an agent it does not know', async () => {
      const result = await registry.ask(reportAgentStatus, { agent_id: newId(), status: 'active' });
      expect(result).toMatchObject({ kind: 'rejected', rejection: 'not_found' });
    });
  });
});
