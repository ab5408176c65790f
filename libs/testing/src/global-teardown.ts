import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

export default async function globalTeardown(): Promise<void> {
  const server = (globalThis as unknown as Record<string, ChildProcess | undefined>).__aoTestPostgresProcess;
  if (!server || server.exitCode !== null) return;
  const gone = once(server, 'exit');
  server.stdin?.end();
  await gone;
}
