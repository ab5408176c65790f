import { connectBus } from '@ao/messaging';
import { eventually, testNats } from './index';

it('should give a nats-server with the users of production, which survives a kill -9 and a restart', async () => {
  const nats = await testNats();
  try {
    const bus = await connectBus({ url: nats.url, name: 'test', ...nats.credentials('registry') });
    await nats.restart();
    await eventually(() => expect(bus.isConnected()).toBe(true));
    await bus.drain();
  } finally {
    await nats.stop();
  }
});
