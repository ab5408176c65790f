import path from 'node:path';
import type { DataOf, submitTask } from '@ao/contracts';
import { newId, type CommandMetadata } from '@ao/kernel';
import { startService, type StartedService, type TestDatabase, type TestNats } from '@ao/testing';

const MAIN = path.join('..', '..', 'libs', 'platform', 'test', 'sample.main.ts');

/** Starts the sample service as a process of its own. */
export function startSample(
  database: Pick<TestDatabase, 'urlFor'>,
  nats: Pick<TestNats, 'url' | 'credentials'>,
  env: Readonly<Record<string, string>> = {},
): Promise<StartedService> {
  const { user, password } = nats.credentials('tasks');
  return startService(
    'sample',
    {
      DATABASE_URL: database.urlFor('tasks'),
      NATS_URL: nats.url,
      NATS_USER: user,
      NATS_PASSWORD: password,
      HEALTH_HOST: '127.0.0.1',
      ...env,
    },
    { main: MAIN },
  );
}

export const specification = (text = ''): DataOf<typeof submitTask> => ({
  type: 'sample',
  payload: { text },
  priority: 40,
  requirements: { capabilities: [] },
  retry: { max_attempts: 1, initial_delay_ms: 0, factor: 1, max_delay_ms: 0, jitter: 0 },
  lease_seconds: 60,
});

export const metadata = (over: Partial<CommandMetadata> = {}): CommandMetadata => ({
  command_id: newId(),
  actor: { type: 'operator', id: 'test' },
  correlation_id: newId(),
  causation_id: newId(),
  ...over,
});
