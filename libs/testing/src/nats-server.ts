import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findNatsServer, startNats, type RunningNats } from '@ao/embedded';
import { inboxPrefixOf, natsServerConfig, NATS_SERVICES, type NatsService } from '@ao/messaging';
import { opened } from './open-resources';
import type { TestNats } from './test-nats';

const passwordOf = (service: NatsService) => `test-${service}`;

/** Behind `testNats`, which loads it only when it is called: it brings the whole of messaging along. */
export async function startTestNats(): Promise<TestNats> {
  const folder = mkdtempSync(path.join(tmpdir(), 'ao-nats-'));
  const program = findNatsServer(path.resolve(__dirname, '../../../.cache'));
  const users = NATS_SERVICES.map((service) => ({ service, password: passwordOf(service) }));
  const start = (port?: number): Promise<RunningNats> =>
    startNats({
      program,
      dir: folder,
      ...(port !== undefined && { port }),
      config: (actual) => natsServerConfig({ port: actual, users }),
      endWithParent: true,
    });

  let server = await start();
  const { port, url } = server;
  const end = async () => {
    await server.kill();
    rmSync(folder, { recursive: true, force: true });
  };
  const closed = opened(`nats-server on port ${port}`, end);
  return {
    url,
    credentials: (service) => ({ user: service, password: passwordOf(service), inboxPrefix: inboxPrefixOf(service) }),
    kill: async () => {
      await server.kill();
    },
    restart: async () => {
      await server.kill();
      server = await start(port);
    },
    stop: async () => {
      closed();
      await end();
    },
  };
}
