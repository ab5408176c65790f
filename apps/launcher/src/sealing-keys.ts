import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { StartupError } from '@ao/embedded';

/** The variables that only identity gets. */
export const IDENTITY_VARIABLES = [
  'SEALING_KEYS',
  'SEALING_KEYS_FILE',
  'BOOTSTRAP_ADMIN_EMAIL',
  'BOOTSTRAP_ADMIN_PASSWORD',
] as const;

/** The variables that only the registry gets. */
export const REGISTRY_VARIABLES = ['CA_KEYS', 'CA_KEYS_FILE'] as const;

/**
 * Where identity finds its key-encryption keys: where the environment says, else in a file of this installation, made at
 * the first start. It is a file of its own, not a line in credentials.json: another key is added to it while everything runs.
 * @throws StartupError when the file is gone though this installation has sealed with it
 */
export function provideSealingKeys(options: {
  readonly dataDir: string;
  /** Whether identity has been started on this data before. */
  readonly usedBefore: boolean;
  readonly env: NodeJS.ProcessEnv;
}): Record<string, string> {
  const { dataDir, usedBefore, env } = options;
  if (env.SEALING_KEYS) return { SEALING_KEYS: env.SEALING_KEYS };
  if (env.SEALING_KEYS_FILE) return { SEALING_KEYS_FILE: path.resolve(env.SEALING_KEYS_FILE) };
  const file = path.join(dataDir, 'sealing-keys');
  if (usedBefore && !existsSync(file)) {
    throw new StartupError(
      `${file} is missing, and without its keys no personal data or secret can be opened: restore the file, set SEALING_KEYS or SEALING_KEYS_FILE, or remove ${dataDir} to begin anew.`,
    );
  }
  return { SEALING_KEYS_FILE: keyFile(file) };
}

/**
 * Where the registry finds the key-encryption keys of its certificate authority, in the same way. One that is gone is not
 * noticed here but by the registry, which knows whether its authority was sealed with it.
 */
export function provideCaKeys({
  dataDir,
  env,
}: {
  readonly dataDir: string;
  readonly env: NodeJS.ProcessEnv;
}): Record<string, string> {
  if (env.CA_KEYS) return { CA_KEYS: env.CA_KEYS };
  if (env.CA_KEYS_FILE) return { CA_KEYS_FILE: path.resolve(env.CA_KEYS_FILE) };
  return { CA_KEYS_FILE: keyFile(path.join(dataDir, 'ca-keys')) };
}

/** Made when it is not there, for its owner alone. */
function keyFile(file: string): string {
  if (existsSync(file)) {
    chmodSync(file, 0o600);
    return file;
  }
  // Renamed when whole: half a key would be a wrong key.
  const fresh = `${file}.new`;
  writeFileSync(fresh, `k1:${randomBytes(32).toString('base64')}\n`, { mode: 0o600 });
  renameSync(fresh, file);
  return file;
}
