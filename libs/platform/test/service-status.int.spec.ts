import { ServiceStatus } from '@ao/contracts';
import { SERVICE_STATUS, connectBus, type Bus } from '@ao/messaging';
import { tcpProxy } from '@ao/messaging/testing';
import { eventually, testDatabase, testNats, type StartedService, type TestDatabase, type TestNats } from '@ao/testing';
import { startSample } from './sample-service';

describe('what a service says of itself', () => {
  let nats: TestNats;
  let database: TestDatabase;
  let bus: Bus;
  const services: StartedService[] = [];
  let heard: ServiceStatus[] = [];

  async function start(through: Pick<TestDatabase, 'urlFor'> = database): Promise<StartedService> {
    const service = await startSample(through, nats);
    services.push(service);
    await service.ready();
    return service;
  }
  const last = () => heard.at(-1);
  const health = (service: StartedService) => fetch(`${service.healthUrl}/health/ready`).then(({ status }) => status);

  beforeAll(async () => {
    [nats, database] = await Promise.all([testNats(), testDatabase()]);
    bus = await connectBus({ url: nats.url, name: 'notifications', ...nats.credentials('notifications') });
    await bus.subscribe(SERVICE_STATUS, (body) => void heard.push(ServiceStatus.parse(body)));
  });
  beforeEach(() => (heard = []));
  afterEach(() => Promise.all(services.splice(0).map((each) => each.kill())));
  afterAll(async () => {
    await bus?.drain();
    await database?.drop();
    await nats?.stop();
  });

  it('should begin with what it waits for, go on every 5 s, and end with a last word', async () => {
    const service = await start();
    await eventually(() =>
      expect(last()).toMatchObject({ service: 'tasks', ready: true, failing: [], stopping: false }),
    );
    expect(heard[0]).toMatchObject({ ready: false, failing: [{ check: 'start', error: 'starting' }] });
    expect(last()!.subscriptions).toEqual([
      ...[{ name: 'sample.tasks', kind: 'local', state: 'active', lag_events: 0, lag_seconds: 0, parked_streams: 0 }],
    ]);
    const before = heard.length;
    await eventually(() => expect(heard.length).toBeGreaterThan(before), { timeoutMs: 10_000 });

    service.signal('SIGTERM');
    await service.exited;
    await eventually(() => expect(last()).toMatchObject({ ready: false, stopping: true }));
    expect(new Set(heard.map(({ instance_id }) => instance_id)).size).toBe(1);
  });

  it('should say nothing when it is killed, and be another one when it is back', async () => {
    const service = await start();
    await eventually(() => expect(last()).toMatchObject({ ready: true }));
    const { instance_id } = last()!;
    await service.kill();
    expect(heard.some(({ stopping }) => stopping)).toBe(false);
    const before = heard.length;
    await start();
    await eventually(() => expect(heard.slice(before).at(-1)).toMatchObject({ ready: true }));
    expect(heard.slice(before).map((status) => status.instance_id)).not.toContain(instance_id);
  });

  it('should say at once, when a probe finds it, that it is not ready, and that it is again', async () => {
    const real = new URL(database.urlFor('tasks'));
    const proxy = await tcpProxy(Number(real.port));
    real.port = String(proxy.port);
    const service = await start({ urlFor: () => real.href });
    await eventually(() => expect(last()).toMatchObject({ ready: true }));
    proxy.stall();
    await eventually(async () => expect(await health(service)).toBe(503), { timeoutMs: 10_000 });
    await eventually(() => expect(last()).toMatchObject({ ready: false, failing: [{ check: 'postgres' }] }));
    proxy.resume();
    await service.ready();
    await eventually(() => expect(last()).toMatchObject({ ready: true, failing: [] }));
    await service.kill();
    await proxy.close();
  });
});
