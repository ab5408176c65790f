import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { StartupError } from '@ao/embedded';
import { providePostgres } from './backing-servers';
import { loadCredentials } from './credentials';
import { lockDataFolder } from './data-folder-lock';
import { migrate, sealKeyFile } from './migrate';
import { PidFiles } from './pid-files';
import { programOf } from './programs';
import { readSettings } from './settings';
import { readStackFile } from './stack-file';

/**
 * `npm run audit`, `npm run replay`: runs an operator's program on the stack that runs here, or on the embedded data of
 * one that is stopped (its Postgres is then started for the time of the program). With DATABASE_URL set the program
 * gets its environment as it is.
 *
 * Usage: operate.main <role> <app>/<program> [arguments]
 */
async function main(): Promise<number> {
  const [role, program, ...args] = process.argv.slice(2);
  if (!role || !program) throw new StartupError('Usage: operate.main <role> <app>/<program> [arguments]');
  const run = (environment: Readonly<Record<string, string>>) => runProgram(program, args, environment);
  if (process.env.DATABASE_URL) return run({});

  const { DATA_DIR: dataDir } = readSettings(process.env);
  if (!existsSync(dataDir)) return run({});
  let unlock: () => void;
  try {
    unlock = lockDataFolder(dataDir);
  } catch (error) {
    const environment = readStackFile(dataDir)?.environments[role];
    if (environment) return run(environment);
    throw error;
  }
  try {
    return await onStoppedData(dataDir, role, run);
  } finally {
    unlock();
  }
}

async function onStoppedData(
  dataDir: string,
  role: string,
  run: (environment: Readonly<Record<string, string>>) => Promise<number>,
): Promise<number> {
  const say = (name: string, line: string) => void process.stderr.write(`${name}: ${line}\n`);
  const pidFiles = new PidFiles(dataDir);
  // What a killed launcher left still runs on the data: use it no further.
  await pidFiles.endOrphans((line) => say('launcher', line));
  const { credentials } = loadCredentials(dataDir);
  const postgres = await providePostgres({ dataDir, credentials, pidFiles, say }, undefined);
  try {
    await migrate(postgres.adminUrl, dataDir, credentials, () => undefined);
    return await run({
      DATABASE_URL: postgres.urlOf(role),
      MIGRATE_DATABASE_URL: postgres.adminUrl,
      SEAL_KEY_FILE: sealKeyFile(dataDir),
    });
  } finally {
    await postgres.supervised?.stop();
  }
}

function runProgram(
  program: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<number> {
  const [app = '', main = ''] = program.split('/');
  const child = spawn(process.execPath, [...programOf(app, `${main}.main`), ...args], {
    stdio: 'inherit',
    env: { ...process.env, ...environment },
  });
  // Ctrl-C reaches the child by itself (one process group); this process must outlive it to stop Postgres.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
}

main()
  .then((code) => process.exit(code))
  .catch((error: unknown) => {
    const text = error instanceof StartupError ? error.message : error instanceof Error ? error.stack : String(error);
    process.stderr.write(`${path.basename(process.argv[1] ?? 'operate')}: ${text}\n`);
    process.exit(1);
  });
