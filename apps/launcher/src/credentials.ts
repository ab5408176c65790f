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
  /** Of the first administrator; a start of the stack makes them, a tool beside it leaves them alone. */
  bootstrap_admin_email: z.email().optional(),
  bootstrap_admin_password: z.string().min(12).max(256).optional(),
});
export type Credentials = z.infer<typeof Credentials>;

/** Nobody's mailbox: a name to log in with until somebody has a real one. */
const ADMIN_EMAIL = 'admin@localhost.localdomain';

/** The first administrator as the environment names it. */
export interface GivenAdmin {
  readonly BOOTSTRAP_ADMIN_EMAIL?: string | undefined;
  readonly BOOTSTRAP_ADMIN_PASSWORD?: string | undefined;
}

export interface FirstAdmin {
  readonly email: string;
  readonly password: string;
  readonly madeNow: boolean;
}

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
    ...(kept.bootstrap_admin_email && { bootstrap_admin_email: kept.bootstrap_admin_email }),
    ...(kept.bootstrap_admin_password && { bootstrap_admin_password: kept.bootstrap_admin_password }),
  };
  if (JSON.stringify(kept) !== JSON.stringify(credentials)) write(file, credentials);
  else chmodSync(file, 0o600);
  return { credentials, madeNow: !present };
}

/** Whether this installation has an administrator already: then identity has run on this data. */
export const hasAdmin = (dataDir: string): boolean => readCredentials(dataDir)?.bootstrap_admin_password !== undefined;

/**
 * The first administrator, kept from the first start of a release that has one: what the environment says, made up where
 * it says nothing.
 */
export function provideAdmin(dataDir: string, given: GivenAdmin): FirstAdmin {
  const { credentials } = loadCredentials(dataDir);
  const { bootstrap_admin_email: keptEmail, bootstrap_admin_password: keptPassword } = credentials;
  const admin = {
    bootstrap_admin_email: keptEmail ?? given.BOOTSTRAP_ADMIN_EMAIL ?? ADMIN_EMAIL,
    bootstrap_admin_password: keptPassword ?? given.BOOTSTRAP_ADMIN_PASSWORD ?? secret(),
  };
  const madeNow = !keptEmail || !keptPassword;
  if (madeNow) write(path.join(dataDir, 'credentials.json'), { ...credentials, ...admin });
  return { email: admin.bootstrap_admin_email, password: admin.bootstrap_admin_password, madeNow };
}

/** Already made credentials, for tools beside a launcher; `undefined` before the first start. */
export function readCredentials(dataDir: string): Partial<Credentials> | undefined {
  const file = path.join(dataDir, 'credentials.json');
  return existsSync(file) ? read(file) : undefined;
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
