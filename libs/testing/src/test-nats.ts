import type { NatsService } from '@ao/messaging';

export interface TestNats {
  /** Without credentials. */
  readonly url: string;
  /** What `connectBus` needs to be this service: the same users and permissions as in production. */
  credentials(service: NatsService): { user: string; password: string; inboxPrefix: string };
  /** kill -9; `restart` brings it back. */
  kill(): Promise<void>;
  /** Starts it on the same port, after a kill -9 if it still runs. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** A nats-server of the file's own on a free port, about 50 ms. */
export async function testNats(): Promise<TestNats> {
  // Not an import: messaging loads for a third of a second, and most files that use the harness need only Postgres.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { startTestNats } = require('./nats-server') as typeof import('./nats-server');
  return startTestNats();
}
