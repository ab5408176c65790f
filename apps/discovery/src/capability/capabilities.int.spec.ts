import {
  agentHealth,
  deregisterAgent,
  findRoutes,
  listCapabilities,
  recordHeartbeat,
  registerAgent,
  registerCapability,
  removeAgentCapabilities,
  removeCapability,
  reportAgentStatus,
  type DataOf,
  type RequestContract,
  type ResultOf,
} from '@ao/contracts';
import { agentProfile } from '@ao/contracts/testing';
import { isRejection, newId } from '@ao/kernel';
import { eventually, testService, type TestService } from '@ao/testing';

/** Registry and discovery as processes, with a real Postgres and NATS; this file speaks to them as the gateway does. */
describe('capabilities', () => {
  let discovery: TestService;

  beforeAll(async () => {
    discovery = await testService('discovery', {}, ['registry']);
  });
  afterAll(() => discovery?.stop());

  async function done<C extends RequestContract>(contract: C, data: DataOf<C>) {
    const result = await discovery.ask(contract, data);
    if (isRejection(result)) throw new Error(result.message);
    return result;
  }
  const ask = <C extends RequestContract>(contract: C, data: DataOf<C>): Promise<ResultOf<C>> =>
    discovery.expectAnswer(contract, data);
  async function register(external_id: string, capabilities: string[] = []) {
    const { result, position } = await done(registerAgent, { ...agentProfile({ capabilities }), external_id });
    return { agent_id: result.agent_id, position };
  }
  const record = (agent_id: string, name: string, groups: string[] = []) =>
    done(registerCapability, { agent_id, name, metadata: { version: '1' }, groups });
  async function recordsOf(agent_id: string, at_least?: number) {
    const { capabilities } = await ask(listCapabilities, { agent_id, limit: 100, offset: 0, at_least });
    return capabilities.map(({ name, origin }) => `${name} ${origin}`);
  }
  async function routes(capability: string, more: Partial<DataOf<typeof findRoutes>> = {}) {
    const found = await ask(findRoutes, { capability, limit: 100, strategy: 'first_available', ...more });
    return found.routes.map(({ external_id }) => external_id);
  }
  const eventsOf = async (agent_id: string) =>
    (
      await discovery.pool.query<{ type: string }>(
        `select type from event_log.events where category = 'capability' and data->>'agent_id' = $1 order by position`,
        [agent_id],
      )
    ).rows.map(({ type }) => type);

  it('should find what was just registered, changed and removed', async () => {
    const { agent_id } = await register('writer');
    const made = await record(agent_id, 'document.ocr', ['east']);
    expect(made.result.created).toBe(true);
    const at_least = made.position;
    expect(await routes('document.ocr', { group: 'east', at_least })).toEqual(['writer']);
    expect(await routes('document.*', { at_least })).toEqual(['writer']);
    const again = await record(agent_id, 'document.ocr', ['west']);
    expect(again.result).toEqual({ ...made.result, created: false });
    expect(await routes('document.ocr', { group: 'east', at_least: again.position })).toEqual([]);
    const { position } = await done(removeCapability, { capability_id: made.result.capability_id });
    expect(await routes('document.ocr', { at_least: position })).toEqual([]);
  });

  it('rejects a capability of an agent that is not there, and one that was never registered', async () => {
    const nobody = newId();
    expect(
      await discovery.ask(registerCapability, { agent_id: nobody, name: 'x', metadata: {}, groups: [] }),
    ).toMatchObject({ rejection: 'not_found', code: 'agent_not_found' });
    expect(await discovery.ask(removeCapability, { capability_id: nobody })).toMatchObject({
      code: 'capability_not_found',
    });
    expect(await discovery.ask(removeAgentCapabilities, { agent_id: nobody })).toMatchObject({
      code: 'agent_not_found',
    });
  });

  it('should follow the words of a profile, and leave alone what somebody registered', async () => {
    const { agent_id } = await register('speaker', ['a', 'b']);
    await eventually(async () => expect(await recordsOf(agent_id)).toEqual(['a agent', 'b agent']));
    await record(agent_id, 'b');
    const { position } = await record(agent_id, 'd');
    expect(await recordsOf(agent_id, position)).toEqual(['a agent', 'b record', 'd record']);
    await register('speaker', ['c', 'd']);
    await eventually(async () => expect(await recordsOf(agent_id)).toEqual(['b record', 'c agent', 'd record']));
  });

  it('should remove all capabilities of an agent, which stays, and everything of one that leaves', async () => {
    const { agent_id } = await register('leaver', ['l-1']);
    await eventually(async () => expect(await recordsOf(agent_id)).toEqual(['l-1 agent']));
    await record(agent_id, 'l-2');
    const { result, position } = await done(removeAgentCapabilities, { agent_id });
    expect(result).toEqual({ removed: 2 });
    expect(await recordsOf(agent_id, position)).toEqual([]);
    expect((await done(removeAgentCapabilities, { agent_id })).result).toEqual({ removed: 0 });
    await record(agent_id, 'l-3');
    await done(deregisterAgent, { agent_id });
    await eventually(async () => {
      expect(await recordsOf(agent_id)).toEqual([]);
      expect((await ask(agentHealth, { agent_id })).agent).toBeNull();
    });
  });

  it('should route to nobody who is stopped, and by the load that beats tell', async () => {
    const agents = await Promise.all(['busy', 'idle', 'off'].map((name) => register(`r-${name}`)));
    for (const { agent_id } of agents) await record(agent_id, 'r-work');
    const [busy, idle, off] = agents.map(({ agent_id }) => agent_id) as [string, string, string];
    await done(recordHeartbeat, { agent_id: busy, load_metrics: { load: 0.9 } });
    await done(recordHeartbeat, { agent_id: idle, load_metrics: { load: 0.1 } });
    const { position: at_least } = await done(reportAgentStatus, { agent_id: off, status: 'inactive' });
    await eventually(async () =>
      expect(await routes('r-work', { at_least, strategy: 'least_loaded' })).toEqual(['r-idle', 'r-busy']),
    );
    await done(recordHeartbeat, { agent_id: idle, health: 'error' });
    await eventually(async () => expect(await routes('r-work')).toEqual(['r-busy']));
    const { agent } = await ask(agentHealth, { agent_id: busy });
    expect(agent).toMatchObject({ health: 'healthy', load: 0.9, external_id: 'r-busy' });
  });

  it('should do what profiles ask for once, also when discovery dies in the middle', async () => {
    const names = Array.from({ length: 40 }, (_, index) => `k-${index}`);
    const agents: string[] = [];
    for (let index = 0; index < 20; index += 1) agents.push((await register(`killed-${index}`, names)).agent_id);
    await discovery.stack.service('discovery').kill();
    for (let index = 20; index < 30; index += 1) agents.push((await register(`killed-${index}`, names)).agent_id);
    await discovery.stack.restart('discovery');
    const expected = names.map((name) => `${name} agent`).sort();
    await eventually(async () => {
      for (const agent_id of agents) expect(await recordsOf(agent_id)).toEqual(expected);
    });
    for (const agent_id of agents) expect(await eventsOf(agent_id)).toHaveLength(names.length);
  });

  it('should start from its tables after a kill, loads included', async () => {
    const { agent_id } = await register('seeded');
    const { position, result } = await record(agent_id, 's-1', ['s']);
    await done(recordHeartbeat, { agent_id, load_metrics: { load: 0.4 } });
    await eventually(async () => {
      const { rows } = await discovery.pool.query<{ position: number }>(
        `select position from discovery.subscription_checkpoints where subscription = 'discovery_capabilities'`,
      );
      expect(rows[0]?.position).toBeGreaterThanOrEqual(position);
      expect((await ask(agentHealth, { agent_id })).agent?.load).toBe(0.4);
    });
    await discovery.stack.service('discovery').kill();
    // A mark that only the table has tells it from a replay of the log.
    await discovery.pool.query(
      `update discovery.capabilities set document = jsonb_set(document::jsonb, '{metadata}', '{"from":"table"}')::json where id = $1`,
      [result.capability_id],
    );
    await discovery.stack.restart('discovery');
    const { routes: found } = await ask(findRoutes, { capability: 's-1', limit: 1 });
    expect(found).toMatchObject([{ external_id: 'seeded', metadata: { from: 'table' }, load: 0.4 }]);
  });
});
