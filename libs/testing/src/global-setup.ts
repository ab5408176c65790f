import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';

const HANDLE = '__aoTestPostgresProcess';

/** Starts the one Postgres of the run. Its process ends with jest's, even when that is killed. */
export default async function globalSetup(): Promise<void> {
  const root = path.resolve(__dirname, '../../..');
  const server = spawn(
    process.execPath,
    ['-r', path.join(root, 'scripts/register.cjs'), path.join(__dirname, 'postgres-server.main.ts')],
    { cwd: root, stdio: ['pipe', 'pipe', 'inherit'], detached: true },
  );
  process.env.AO_TEST_POSTGRES = await new Promise<string>((resolve, reject) => {
    createInterface({ input: server.stdout }).once('line', resolve);
    server.once('exit', (code) => reject(new Error(`The Postgres of the tests did not start (exit code ${code})`)));
  });
  (globalThis as unknown as Record<string, ChildProcess>)[HANDLE] = server;
}
