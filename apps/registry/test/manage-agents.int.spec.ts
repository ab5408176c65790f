import {
  changeAgent,
  createAgent,
  deregisterAgent,
  recordHeartbeat,
  registerAgent,
  resolveAgent,
  startAgent,
  stopAgent,
} from '@ao/contracts';
import { agentProfile } from '@ao/contracts/testing';
import { isRejection, newId } from '@ao/kernel';
import { eventually, testMetadata } from '@ao/testing';
import { profileOf, startRegistry, type RegistryHarness } from './registry-harness';

describe('agents that are managed', () => {
  let registry: RegistryHarness;
  beforeAll(async () => {
    registry = await startRegistry();
  });
  afterAll(() => registry?.stop());

  const notFound = { kind: 'rejected', rejection: 'not_found', code: 'agent_not_found' };

  it('should make one agent for one command, initializing until its first beat', async () => {
    const metadata = testMetadata({ idempotent: true });
    const profile = agentProfile({ name: 'made', details: { role: 'reviewer' } });
    const made = await registry.expectDone(createAgent, profile, metadata);
    expect(await registry.expectDone(createAgent, profile, metadata)).toEqual(made);
    const { agent_id } = made;
    await eventually(async () =>
      expect(await registry.row(agent_id)).toMatchObject({ last_seen: null, deadline: null, liveness: 'offline' }),
    );
    await registry.beat(agent_id);
    expect(await registry.typesOf(agent_id)).toEqual(['AgentRegistered', 'AgentActivated', 'AgentCameOnline']);
    await eventually(async () => expect(await registry.row(agent_id)).toMatchObject({ liveness: 'online' }));
  });

  it('should start and stop', async () => {
    const { agent_id } = await registry.expectDone(createAgent, agentProfile());
    await registry.expectDone(startAgent, { agent_id });
    await registry.expectDone(stopAgent, { agent_id });
    expect(await registry.typesOf(agent_id)).toEqual([
      'AgentRegistered',
      'AgentActivated',
      'AgentCameOnline',
      'AgentStopped',
    ]);
  });

  it('should change only the revision that was expected', async () => {
    const { agent_id } = await registry.register('revised');
    const first = { agent_id, changes: { version: '2' }, expected_revision: 1 };
    const results = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        registry.ask(changeAgent, { ...first, changes: { version: `2.${index}` } }),
      ),
    );
    const refused = results.filter(isRejection);
    expect(refused).toHaveLength(9);
    for (const refusal of refused)
      expect(refusal).toMatchObject({ rejection: 'precondition_failed', code: 'revision_differs' });
    expect(await registry.typesOf(agent_id)).toEqual(['AgentRegistered', 'AgentProfileChanged']);
  });

  it('should leave the details that registering again says nothing of', async () => {
    const { agent_id } = await registry.register('detailed');
    await registry.expectDone(changeAgent, { agent_id, changes: { details: { role: 'reviewer' } } });
    const { details: _details, ...profile } = profileOf('detailed', { version: '3' });
    await registry.expectDone(registerAgent, profile);
    const [, , again] = await registry.told(agent_id);
    expect(again).toMatchObject({ data: { version: '3', details: { role: 'reviewer' } } });
  });

  it('should end an agent and free the id of its caller in one unit', async () => {
    const { agent_id } = await registry.register('mortal');
    await eventually(async () => expect(await registry.row(agent_id)).toBeDefined());
    await registry.expectDone(deregisterAgent, { agent_id });
    expect(await registry.expectDone(resolveAgent, { external_id: 'mortal' })).toEqual({ agent_id: null });
    const { rows } = await registry.pool.query(
      `select type from event_log.events where metadata->>'command_id' =
         (select metadata->>'command_id' from event_log.events where stream_id = $1 and type = 'AgentDeregistered')`,
      [`agent-${agent_id}`],
    );
    expect(rows.map(({ type }: { type: string }) => type).sort()).toEqual(['AgentAliasReleased', 'AgentDeregistered']);
    for (const result of [
      await registry.ask(recordHeartbeat, { agent_id }),
      await registry.ask(changeAgent, { agent_id, changes: {} }),
      await registry.ask(startAgent, { agent_id }),
      await registry.ask(deregisterAgent, { agent_id }),
    ])
      expect(result).toMatchObject(notFound);
    await eventually(async () => expect(await registry.row(agent_id)).toBeUndefined());
    const reborn = await registry.register('mortal');
    expect(reborn.agent_id).not.toBe(agent_id);
    expect(reborn.created).toBe(true);
  });

  it('should end once, and register once again, however many ask', async () => {
    const { agent_id } = await registry.register('contended');
    const ended = await Promise.all(Array.from({ length: 10 }, () => registry.ask(deregisterAgent, { agent_id })));
    expect(ended.filter((result) => !isRejection(result))).toHaveLength(1);
    for (const result of ended.filter(isRejection)) expect(result).toMatchObject(notFound);
    const reborn = await Promise.all(Array.from({ length: 10 }, () => registry.register('contended')));
    expect(new Set(reborn.map((result) => result.agent_id)).size).toBe(1);
  });

  it('should find and forget a row that a late beat brought back', async () => {
    const agent_id = newId();
    await registry.pool.query(
      `insert into telemetry.agent_liveness (agent_id, interval_seconds, last_seen, deadline) values ($1, 1, now() - interval '1 h', now() - interval '1 h')`,
      [agent_id],
    );
    await eventually(async () => expect(await registry.row(agent_id)).toBeUndefined());
  });
});
