import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { rolePasswords, StartupError } from '@ao/embedded';
import type { Credentials } from './credentials';
import { programOf, root } from './programs';

/** The private key that seals the log, made by the first migration unless the environment names one. */
export const sealKeyFile = (dataDir: string) => process.env.SEAL_KEY_FILE || path.join(dataDir, 'seal-key.pem');

/** Runs `npm run migrate`'s program: roles with these passwords, schemas, migrations. @throws StartupError with its last word */
export async function migrate(
  adminUrl: string,
  dataDir: string,
  credentials: Credentials,
  say: (name: string, line: string) => void,
): Promise<void> {
  const child = spawn(process.execPath, programOf('operator', 'migrate.main'), {
    cwd: root,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      ...rolePasswords(credentials.role_passwords),
      MIGRATE_DATABASE_URL: adminUrl,
      SEAL_KEY_FILE: sealKeyFile(dataDir),
    },
  });
  let last = 'it ended without a word';
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      if (!/^\s+at |^\s*$|^Node\.js v/.test(line)) last = line;
      if (!line.endsWith('up to date')) say('migrate', line.replace(/^migrate: /, ''));
    });
  }
  const code = await new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(null));
    child.once('close', resolve);
  });
  if (code !== 0) throw new StartupError(`The database could not be brought to this release: ${last}`);
}
