import {
  NO_DETAILS,
  findAgents,
  recordHeartbeat,
  registerAgent,
  registerCapability,
  removeCapability,
  reportAgentStatus,
  type DataOf,
  type RequestContract,
  type ResultOf,
} from '@ao/contracts';
import { agentProfile } from '@ao/contracts/testing';
import { isRejection } from '@ao/kernel';
import { eventually, testService, type TestService } from '@ao/testing';

/** Registry and discovery as processes, with a real Postgres and NATS; this file speaks to them as the gateway does. */
describe('discovery', () => {
  let discovery: TestService;

  beforeAll(async () => {
    discovery = await testService('discovery', {}, ['registry']);
  });
  afterAll(() => discovery?.stop());

  async function expectDone<C extends RequestContract>(
    contract: C,
    data: DataOf<C>,
  ): Promise<{ result: ResultOf<C>; position: number }> {
    const result = await discovery.ask(contract, data);
    if (isRejection(result)) throw new Error(result.message);
    return result;
  }
  async function register(external_id: string, changes: Partial<DataOf<typeof registerAgent>> = {}) {
    const { result, position } = await expectDone(registerAgent, {
      ...agentProfile({ name: external_id }),
      external_id,
      ...changes,
    });
    return { ...result, position };
  }
  type Query = DataOf<typeof findAgents>;
  const find = (query: Partial<Query>) =>
    discovery.expectAnswer(findAgents, { capabilities: [], services: [], limit: 200, ...query });
  const names = async (query: Partial<Query>) => (await find(query)).agents.map(({ external_id }) => external_id);

  it('should find by every filter what was just written', async () => {
    await register('reader', { capabilities: ['x-read', 'x-ocr'], services: ['x-execute'], agent_type: 'x-worker' });
    await register('writer', { capabilities: ['x-read'], services: ['x-execute', 'x-store'], agent_type: 'x-worker' });
    const { agent_id } = await register('provider', { capabilities: ['x-read'], agent_type: 'x-provider' });
    const { position: at_least } = await expectDone(reportAgentStatus, { agent_id, status: 'busy' });

    expect(await names({ at_least, capabilities: ['x-read'] })).toEqual(['reader', 'writer', 'provider']);
    expect(await names({ at_least, capabilities: ['x-read', 'x-ocr'] })).toEqual(['reader']);
    expect(await names({ at_least, services: ['x-execute', 'x-store'] })).toEqual(['writer']);
    expect(await names({ at_least, agent_type: 'x-provider' })).toEqual(['provider']);
    expect(await names({ at_least, capabilities: ['x-read'], status: 'busy' })).toEqual(['provider']);
    expect(await names({ at_least, agent_type: 'x-worker', status: 'active', services: ['x-store'] })).toEqual([
      'writer',
    ]);
    expect(await names({ at_least, capabilities: ['x-nothing'] })).toEqual([]);
  });

  it('should find by a record what no profile says, until it is removed', async () => {
    const { agent_id, position } = await register('recorded', { capabilities: ['r-word'] });
    await register('r-other', { capabilities: ['r-new'] });
    const registeredAs = (name: string) => expectDone(registerCapability, { agent_id, name, metadata: {}, groups: [] });
    const made = await registeredAs('r-new');
    expect(await names({ at_least: made.position, capabilities: ['r-new'] })).toEqual(['recorded', 'r-other']);
    const both = await find({ at_least: made.position, capabilities: ['r-new', 'r-word'] });
    expect(both.agents.map(({ capabilities }) => capabilities)).toEqual([['r-word', 'r-new']]);

    const { capability_id } = made.result;
    const gone = await expectDone(removeCapability, { capability_id });
    expect(await names({ at_least: gone.position, capabilities: ['r-new'] })).toEqual(['r-other']);
    const word = await registeredAs('r-word');
    const left = await expectDone(removeCapability, { capability_id: word.result.capability_id });
    expect(left.position).toBeGreaterThan(position);
    expect(await names({ at_least: left.position, capabilities: ['r-word'] })).toEqual(['recorded']);
  });

  it('should read each write at its position', async () => {
    const { agent_id } = await register('changing', { capabilities: ['c-0'] });
    for (let round = 1; round <= 20; round += 1) {
      const { position } = await register('changing', { capabilities: [`c-${round}`] });
      const found = await find({ capabilities: [`c-${round}`], at_least: position });
      expect(found.agents.map((agent) => agent.agent_id)).toEqual([agent_id]);
      expect(found.as_of).toBeGreaterThanOrEqual(position);
    }
  });

  it('should answer with whole documents and what telemetry knows', async () => {
    const { agent_id, position, registered_at } = await register('whole', {
      capabilities: ['w-1'],
      endpoints: { http: 'http://localhost:9002' },
      metadata: { version: '1.0.0' },
      tags: ['blue'],
      version: '2.1',
    });
    const { result } = await expectDone(recordHeartbeat, {
      agent_id,
      load_metrics: { cpu_usage: 0.5 },
      health: 'degraded',
    });
    await eventually(async () => {
      const { agents } = await find({ capabilities: ['w-1'], at_least: position });
      expect(agents).toEqual([
        {
          agent_id,
          external_id: 'whole',
          name: 'whole',
          agent_type: 'worker',
          capabilities: ['w-1'],
          services: [],
          endpoints: { http: 'http://localhost:9002' },
          metadata: { version: '1.0.0' },
          version: '2.1',
          tags: ['blue'],
          max_concurrent_tasks: 1,
          heartbeat_interval_seconds: 30,
          details: NO_DETAILS,
          registered_at,
          updated_at: registered_at,
          revision: 1,
          online_since: registered_at,
          lifecycle: 'active',
          liveness: 'online',
          load: 'idle',
          health: 'degraded',
          last_heartbeat: result.received_at,
          load_metrics: { cpu_usage: 0.5 },
        },
      ]);
    });
    expect(findAgents.result.safeParse(await find({ capabilities: ['w-1'] })).success).toBe(true);
  });

  it('should know the four words, silence included', async () => {
    const capabilities = ['s-1'];
    const { agent_id } = await register('s-stopped', { capabilities });
    await register('s-active', { capabilities });
    await register('s-silent', { capabilities, heartbeat_interval_seconds: 0.2 });
    await expectDone(reportAgentStatus, { agent_id, status: 'inactive' });
    await eventually(async () => {
      expect(await names({ capabilities, status: 'stale' })).toEqual(['s-silent']);
      expect(await names({ capabilities, status: 'active' })).toEqual(['s-active']);
      expect(await names({ capabilities, status: 'inactive' })).toEqual(['s-stopped']);
    });
  });

  it('should page, and end a page before a reply grows too large', async () => {
    const capabilities = ['p-1'];
    const note = 'n'.repeat(60_000);
    let at_least = 0;
    for (let index = 0; index < 9; index += 1)
      at_least = (await register(`paged-${index}`, { capabilities, metadata: { note } })).position;
    const found: (string | null)[] = [];
    let pages = 0;
    let after: string | undefined;
    do {
      const page = await find({ capabilities, at_least, after });
      expect(Buffer.byteLength(JSON.stringify(page))).toBeLessThan(256 * 1024);
      found.push(...page.agents.map(({ external_id }) => external_id));
      after = page.next ?? undefined;
      pages += 1;
    } while (after !== undefined);
    expect(found).toEqual(Array.from({ length: 9 }, (_, index) => `paged-${index}`));
    expect(pages).toBe(3);
    const small = await find({ capabilities, limit: 1 });
    expect(small.agents).toHaveLength(1);
    expect(small.next).toBe(small.agents[0]?.agent_id);
  });

  it('rejects a position that the log has not reached, within a bounded time', async () => {
    const began = performance.now();
    const result = await discovery.query(findAgents, {
      capabilities: [],
      services: [],
      limit: 1,
      at_least: 1_000_000_000,
    });
    expect(result).toMatchObject({ kind: 'rejected', rejection: 'unavailable', code: 'view_behind' });
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  it('should start from its table after a kill, and follow the log from there', async () => {
    const { agent_id, position } = await register('seeded', { capabilities: ['k-1'] });
    await eventually(async () => {
      const { rows } = await discovery.pool.query<{ position: number }>(
        `select position from discovery.subscription_checkpoints where subscription = 'discovery_agents'`,
      );
      expect(rows[0]?.position).toBeGreaterThanOrEqual(position);
    });
    await discovery.stack.service('discovery').kill();
    // A mark that only the table has tells it from a replay of the log.
    await discovery.pool.query(
      `update discovery.agents set document = jsonb_set(document::jsonb, '{name}', '"from the table"')::json where id = $1`,
      [agent_id],
    );
    const { position: at_least } = await register('meanwhile', { capabilities: ['k-1'] });
    await discovery.stack.restart('discovery');
    const { agents } = await find({ capabilities: ['k-1'], at_least });
    expect(agents.map(({ name }) => name)).toEqual(['from the table', 'meanwhile']);
  });
});
