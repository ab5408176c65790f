import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { LOGIN_ROLES, StartupError } from '@ao/embedded';
import { NATS_SERVICES } from '@ao/messaging';
import { z } from 'zod';

const Secret = z.string().min(16);

const Credentials = z.object({
  /** Bearer key of the operator. */
  bootstrap_api_key: Secret,
  /** Of Postgres' superuser. */
  postgres_password: Secret,
  /** By Postgres role. */
  role_passwords: z.record(z.string(), Secret),
  /** By service. */
  nats_passwords: z.record(z.string(), Secret),
});
export type Credentials = z.infer<typeof Credentials>;

const secret = () => randomBytes(24).toString('base64url');

/**
 * The secrets of this installation, made up at the first start. What a newer release needs besides is added.
 * @throws StartupError when the file is damaged, or gone while the data it opens is there
 */
export function loadCredentials(dataDir: string): { credentials: Credentials; madeNow: boolean } {
  const file = path.join(dataDir, 'credentials.json');
  const present = existsSync(file);
  if (!present && existsSync(path.join(dataDir, 'postgres', 'PG_VERSION'))) {
    throw new StartupError(
      `${file} is missing, and without its passwords the data beside it cannot be opened: restore the file, or remove ${dataDir} to begin anew.`,
    );
  }
  const kept = present ? read(file) : {};
  const credentials: Credentials = {
    bootstrap_api_key: kept.bootstrap_api_key ?? `ao_${secret()}`,
    postgres_password: kept.postgres_password ?? secret(),
    role_passwords: complete(kept.role_passwords, LOGIN_ROLES),
    nats_passwords: complete(kept.nats_passwords, NATS_SERVICES),
  };
  if (JSON.stringify(kept) !== JSON.stringify(credentials)) write(file, credentials);
  else chmodSync(file, 0o600);
  return { credentials, madeNow: !present };
}

/** Already made credentials, for tools beside a launcher; `undefined` before the first start. */
export function readCredentials(dataDir: string): Credentials | undefined {
  const file = path.join(dataDir, 'credentials.json');
  if (!existsSync(file)) return undefined;
  const complete = Credentials.safeParse(read(file));
  return complete.success ? complete.data : undefined;
}

function complete(kept: Readonly<Record<string, string>> = {}, names: readonly string[]): Record<string, string> {
  return { ...kept, ...Object.fromEntries(names.map((name) => [name, kept[name] ?? secret()])) };
}

function read(file: string): Partial<Credentials> {
  try {
    return Credentials.partial().parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message;
    throw new StartupError(
      `${file} cannot be read (${reason}): restore it, or remove ${path.dirname(file)} to begin anew.`,
    );
  }
}

/** Renamed when whole: a start that is killed here leaves the old file or none, never half of one. */
function write(file: string, credentials: Credentials): void {
  const fresh = `${file}.new`;
  writeFileSync(fresh, `${JSON.stringify(credentials, null, 2)}\n`, { mode: 0o600 });
  renameSync(fresh, file);
}
