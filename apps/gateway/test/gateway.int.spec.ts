import { createServer } from 'node:net';
import { freePort } from '@ao/embedded';
import { connectBus, MODEL_POSITIONS_WANTED } from '@ao/messaging';
import { eventually, startService, testStack, type StartedService, type TestStack } from '@ao/testing';

/** The gateway as a process: what its settings do to it. */
describe('the gateway', () => {
  let stack: TestStack;
  const further: StartedService[] = [];

  beforeAll(async () => {
    stack = await testStack({ services: ['registry', 'discovery', 'gateway'] });
  });
  afterEach(async () => {
    await Promise.all(further.splice(0).map((service) => service.kill()));
  });
  afterAll(async () => {
    await stack?.stop();
  });

  async function startGateway(env: Record<string, string>): Promise<{ gateway: StartedService; url: string }> {
    const port = await freePort();
    const gateway = await startService('gateway', { ...stack.environmentOf('gateway'), PORT: String(port), ...env });
    further.push(gateway);
    return { gateway, url: `http://127.0.0.1:${port}` };
  }

  const register = (url: string, agent_id: string, headers: Record<string, string> = {}) =>
    fetch(`${url}/agents/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ agent_id, agent_type: 'worker' }),
    });

  it('should listen on the ports of the documents too, and do without one that is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    const [free, other] = [await freePort(), (taken.address() as { port: number }).port];
    const { gateway } = await startGateway({ COMPAT_PORTS: `${other},${free}` });
    await gateway.ready();
    await eventually(async () => expect((await fetch(`http://127.0.0.1:${free}/health`)).status).toBe(200));
    expect((await register(`http://127.0.0.1:${free}`, 'by-compat')).status).toBe(200);
    expect((await fetch(`http://127.0.0.1:${free}/nothing`)).status).toBe(404);
    expect(gateway.output.join('\n')).toContain(`port ${other} is taken`);
    taken.close();
  });

  it('should serve nothing of the coordinator without a credential unless it is open', async () => {
    const { gateway, url } = await startGateway({ COORDINATOR_OPEN: 'false' });
    await gateway.ready();
    const refused = await register(url, 'closed');
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    expect((await register(url, 'closed', { authorization: `Bearer ${stack.apiKey}` })).status).toBe(200);
    expect((await fetch(`${url}/health`)).status).toBe(200);
  });

  it('should not be open beyond loopback, and refuse to be so in production', async () => {
    const { gateway, url } = await startGateway({ HOST: '0.0.0.0' });
    await gateway.ready();
    expect((await register(url, 'closed')).status).toBe(401);
    const { gateway: refused } = await startGateway({ HOST: '0.0.0.0', NODE_ENV: 'production' });
    expect(await refused.exited).toMatchObject({ code: 1 });
    expect(refused.output).toEqual([expect.stringMatching(/^gateway cannot start: COORDINATOR_OPEN=true .*\.$/)]);
  });

  it.each([
    ['BOOTSTRAP_API_KEY', ''],
    ['BOOTSTRAP_API_KEY', 'short'],
    ['PORT', 'http'],
    ['COMPAT_PORTS', '9001;8000'],
    ['GATEWAY_ROLE', 'both'],
  ])('rejects %s=%s in one sentence', async (name, value) => {
    const { gateway } = await startGateway({ [name]: value });
    expect(await gateway.exited).toMatchObject({ code: 1 });
    expect(gateway.output).toEqual([expect.stringContaining(name)]);
  });

  it('should keep its models apart from its HTTP side, and show writes across the two', async () => {
    await stack.service('gateway').kill();
    const { gateway: http, url } = await startGateway({ GATEWAY_ROLE: 'http' });
    await http.ready();
    // Nobody keeps the models: the write is done and answered all the same, within its bound.
    const alone = await register(url, 'written-alone');
    expect(alone.status).toBe(200);
    const at = alone.headers.get('log-position')!;
    const behind = await fetch(`${url}/agents/written-alone?at_least=${at}`);
    expect([behind.status, behind.headers.get('retry-after')]).toEqual([503, '1']);

    const { gateway: projections, url: nowhere } = await startGateway({ GATEWAY_ROLE: 'projections' });
    await projections.ready();
    await expect(fetch(`${nowhere}/health`)).rejects.toThrow();
    await eventually(async () => expect((await fetch(`${url}/agents/written-alone?at_least=${at}`)).status).toBe(200));
    const bus = await connectBus({ url: stack.nats.url, name: 'test', ...stack.nats.credentials('gateway') });
    const wanted: unknown[] = [];
    await bus.subscribe(MODEL_POSITIONS_WANTED, (body) => wanted.push(body));
    const together = await register(url, 'written-together');
    expect(together.status).toBe(200);
    expect((await fetch(`${url}/agents/written-together`)).status).toBe(200);
    // Whoever keeps the model was told that somebody waits for it, and did not rest.
    const position = Number(together.headers.get('log-position'));
    await eventually(() => expect(wanted).toContainEqual({ model: 'agents', position }));
    await bus.drain();
    await stack.restart('gateway');
  });

  it('should leave cleanly when it is asked to', async () => {
    const { gateway } = await startGateway({});
    await gateway.ready();
    expect(await gateway.stop()).toMatchObject({ code: 0 });
  });
});
