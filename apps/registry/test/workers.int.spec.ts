import {
  approveWorker,
  changeAgent,
  createAgent,
  deregisterAgent,
  recordWorkerHeartbeat,
  registerWorker,
  type WorkerDetails,
} from '@ao/contracts';
import { agentProfile } from '@ao/contracts/testing';
import { isRejection, newId } from '@ao/kernel';
import { eventually, testMetadata } from '@ao/testing';
import { startRegistry, type RegistryHarness } from './registry-harness';

const details = (name: string, changes: Partial<WorkerDetails> = {}): WorkerDetails => ({
  name,
  ...{ hostname: 'rack-1', ip_address: '10.0.0.7', max_agents: 4, cpu_cores: 8, memory_total_mb: 16_384 },
  ...{ os_info: 'Linux 6.8', heartbeat_interval_seconds: 30 },
  ...changes,
});

describe('worker nodes', () => {
  let registry: RegistryHarness;
  beforeAll(async () => {
    registry = await startRegistry();
  });
  afterAll(() => registry?.stop());

  const typesOf = async (stream: string) => {
    const { rows } = await registry.pool.query<{ type: string }>(
      'select type from event_log.events where stream_id = $1 order by version',
      [stream],
    );
    return rows.map(({ type }) => type);
  };
  const row = async (workerId: string) => {
    const { rows } = await registry.pool.query('select * from telemetry.worker_liveness where worker_id = $1', [
      workerId,
    ]);
    return rows[0] as Record<string, unknown> | undefined;
  };
  const approved = async (name: string, changes?: Partial<WorkerDetails>) => {
    const { worker_id } = await registry.expectDone(registerWorker, details(name, changes));
    await registry.expectDone(approveWorker, { worker_id, is_approved: true });
    return worker_id;
  };
  const agentOn = (worker_id: string) => agentProfile({ details: { worker_id } });

  it('should be one for each name on a host, however often it registers', async () => {
    const all = await Promise.all(
      Array.from({ length: 20 }, () => registry.expectDone(registerWorker, details('many'))),
    );
    expect(new Set(all.map(({ worker_id }) => worker_id)).size).toBe(1);
    expect(all.filter(({ created }) => created)).toHaveLength(1);
    const { worker_id } = all[0]!;
    expect(await typesOf(`worker-${worker_id}`)).toEqual(['WorkerRegistered']);

    const elsewhere = await registry.expectDone(registerWorker, details('many', { hostname: 'rack-2' }));
    expect(elsewhere).toMatchObject({ created: true });
    expect(elsewhere.worker_id).not.toBe(worker_id);

    const renewed = await registry.expectDone(registerWorker, details('many', { max_agents: 5 }));
    expect(renewed).toMatchObject({ worker_id, created: false });
    expect(await typesOf(`worker-${worker_id}`)).toEqual(['WorkerRegistered', 'WorkerDetailsChanged']);
  });

  it('should be approved into a group, rejected and moved, each told once', async () => {
    const { worker_id } = await registry.expectDone(registerWorker, details('judged'));
    for (const judgement of [
      { is_approved: true },
      { is_approved: true },
      { is_approved: false },
      { is_approved: false },
      { is_approved: true, group: 'gpu' },
      { is_approved: true },
    ])
      await registry.expectDone(approveWorker, { worker_id, ...judgement });
    expect(await typesOf(`worker-${worker_id}`)).toEqual([
      'WorkerRegistered',
      'WorkerApproved',
      'WorkerRejected',
      'WorkerApproved',
    ]);
    const unknown = { rejection: 'not_found', code: 'worker_not_found' };
    expect(await registry.ask(approveWorker, { worker_id: newId(), is_approved: true })).toMatchObject(unknown);
    expect(await registry.ask(recordWorkerHeartbeat, { worker_id: newId() })).toMatchObject(unknown);
  });

  it('should keep the percentages of a beat and write no event for it', async () => {
    const worker_id = await approved('beating');
    const head = await registry.head();
    for (let beat = 1; beat <= 20; beat += 1)
      await registry.expectDone(recordWorkerHeartbeat, { worker_id, cpu_usage_percent: beat, disk_usage_percent: 100 });
    await eventually(async () =>
      expect(await row(worker_id)).toMatchObject({ load_metrics: { cpu_usage_percent: 20, disk_usage_percent: 100 } }),
    );
    expect(await registry.head()).toBe(head);
  });

  it('should degrade and be lost once each when it falls silent, its agents with it, and come back', async () => {
    const worker_id = await approved('silent', { heartbeat_interval_seconds: 0.4 });
    const other = await approved('talking');
    const { agent_id: lost } = await registry.expectDone(createAgent, agentOn(worker_id));
    const { agent_id: kept } = await registry.expectDone(createAgent, agentOn(other));
    await registry.beat(lost);
    await registry.beat(kept);
    await eventually(async () =>
      expect((await typesOf(`worker-${worker_id}`)).slice(2)).toEqual(['WorkerDegraded', 'WorkerWentOffline']),
    );
    await eventually(async () => expect((await registry.told(lost)).at(-1)?.type).toBe('AgentWentOffline'));
    expect(await registry.typesOf(kept)).not.toContain('AgentWentOffline');

    await registry.stack.restart('registry');
    await registry.expectDone(recordWorkerHeartbeat, { worker_id });
    expect((await typesOf(`worker-${worker_id}`)).slice(2)).toEqual([
      'WorkerDegraded',
      'WorkerWentOffline',
      'WorkerCameOnline',
    ]);
    const lastOf = async () => (await registry.typesOf(lost)).filter((type) => type === 'AgentWentOffline');
    expect(await lastOf()).toHaveLength(1);
    await registry.beat(lost);
    expect((await registry.told(lost)).at(-1)?.type).toBe('AgentCameOnline');
  });

  it('should be called silent when registry was down meanwhile', async () => {
    const worker_id = await approved('missed', { heartbeat_interval_seconds: 0.4 });
    await registry.stack.restart('registry');
    await eventually(async () =>
      expect((await typesOf(`worker-${worker_id}`)).slice(2)).toEqual(['WorkerDegraded', 'WorkerWentOffline']),
    );
  });

  describe('agents on it', () => {
    it('should be no more than it takes, however many are made at once', async () => {
      const worker_id = await approved('small', { max_agents: 3 });
      const roomy = await approved('roomy', { max_agents: 12 });
      const makeTwelveOn = (id: string) =>
        Promise.all(Array.from({ length: 12 }, () => registry.ask(createAgent, agentOn(id))));
      const results = await makeTwelveOn(worker_id);
      const refused = results.filter(isRejection);
      expect(refused).toHaveLength(9);
      for (const refusal of refused)
        expect(refusal).toMatchObject({ rejection: 'conflict', code: 'worker_full', pointer: '/worker_id' });
      expect((await makeTwelveOn(roomy)).filter(isRejection)).toEqual([]);
    });

    it('should free their place when they go or move, and take the one they move to', async () => {
      const [first, second] = [await approved('first', { max_agents: 1 }), await approved('second', { max_agents: 1 })];
      const metadata = testMetadata({ idempotent: true });
      const made = await registry.expectDone(createAgent, agentOn(first), metadata);
      // The worker is full by now, and what was done stays done.
      expect(await registry.expectDone(createAgent, agentOn(first), metadata)).toEqual(made);
      const { agent_id } = made;
      expect(await registry.ask(createAgent, agentOn(first))).toMatchObject({ code: 'worker_full' });

      await registry.expectDone(changeAgent, { agent_id, changes: { details: { worker_id: second } } });
      expect(await registry.ask(createAgent, agentOn(second))).toMatchObject({ code: 'worker_full' });
      const { agent_id: next } = await registry.expectDone(createAgent, agentOn(first));
      expect(await registry.ask(changeAgent, { agent_id, changes: { details: { worker_id: first } } })).toMatchObject({
        code: 'worker_full',
      });

      await registry.expectDone(deregisterAgent, { agent_id: next });
      await registry.expectDone(changeAgent, { agent_id, changes: { details: { worker_id: first } } });
      await registry.expectDone(createAgent, agentOn(second));
    });

    it('should be counted across replicas, and none be refused while there is room', async () => {
      await registry.secondReplica();
      const [small, roomy] = [
        await approved('small-2', { max_agents: 3 }),
        await approved('roomy-2', { max_agents: 40 }),
      ];
      const makeFortyOn = (id: string) =>
        Promise.all(Array.from({ length: 40 }, () => registry.ask(createAgent, agentOn(id))));
      const refused = (await makeFortyOn(small)).filter(isRejection);
      expect(refused.map(({ code }) => code)).toEqual(Array(37).fill('worker_full'));
      expect((await makeFortyOn(roomy)).filter(isRejection)).toEqual([]);
      expect(await typesOf(`workeragents-${roomy}`)).toHaveLength(40);
    });

    it('rejects a worker that nobody approved, and one that nobody knows', async () => {
      const { worker_id } = await registry.expectDone(registerWorker, details('pending'));
      expect(await registry.ask(createAgent, agentOn(worker_id))).toMatchObject({
        ...{ rejection: 'conflict', code: 'worker_not_approved' },
      });
      expect(await registry.ask(createAgent, agentOn(newId()))).toMatchObject({
        ...{ rejection: 'invalid', code: 'worker_not_found', pointer: '/worker_id' },
      });
    });
  });
});
