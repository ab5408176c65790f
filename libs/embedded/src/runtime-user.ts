import { spawnSync } from 'node:child_process';
import { chownSync, lstatSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { StartupError } from './startup-error';

/** Postgres refuses to run as root; this is whom it runs as then. */
export interface RuntimeUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

const OWN_USER = 'ao-postgres';
let known: RuntimeUser | undefined;

/** `undefined` when this process is not root. Else `postgres`, or a system user made for the purpose, or `nobody`. */
export function postgresUser(): RuntimeUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  known ??= lookUp('postgres') ?? lookUp(OWN_USER) ?? create(OWN_USER) ?? lookUp('nobody');
  if (!known) {
    throw new StartupError(
      'Postgres cannot run as root and no user postgres or nobody exists here: add one (useradd --system postgres) or start as a normal user.',
    );
  }
  return known;
}

function lookUp(name: string): RuntimeUser | undefined {
  let passwd: string;
  try {
    passwd = readFileSync('/etc/passwd', 'utf8');
  } catch {
    return undefined;
  }
  const fields = passwd
    .split('\n')
    .map((line) => line.split(':'))
    .find((candidate) => candidate[0] === name);
  return fields ? { name, uid: Number(fields[2]), gid: Number(fields[3]) } : undefined;
}

function create(name: string): RuntimeUser | undefined {
  spawnSync('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', name]);
  return lookUp(name);
}

/** Whether the user can enter the folder: asked of the system, because modes, ACLs and mounts all have a say. */
export function canEnter(user: RuntimeUser, folder: string): boolean {
  return spawnSync('/bin/sh', ['-c', 'cd -- "$1"', 'sh', folder], { ...ids(user), cwd: '/' }).status === 0;
}

/** Whether the user can run this program. */
export function canRun(user: RuntimeUser, program: string, args: readonly string[]): boolean {
  return spawnSync(program, [...args], { ...ids(user), cwd: '/' }).status === 0;
}

export const ids = (user: RuntimeUser | undefined) => (user ? { uid: user.uid, gid: user.gid } : {});

/**
 * A folder that every user can pass through, for what the Postgres user cannot reach where it is (a clone under
 * /root, which has mode 0700).
 */
export function reachableFolder(): string {
  for (const folder of ['/var/lib/agent-orchestration', path.join(tmpdir(), 'agent-orchestration')]) {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o755 });
      return folder;
    } catch {
      continue;
    }
  }
  throw new StartupError('Neither /var/lib nor the temporary folder can be written: give one of them to this user.');
}

export function chownTree(folder: string, user: RuntimeUser): void {
  chownSync(folder, user.uid, user.gid);
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (!lstatSync(file).isSymbolicLink()) chownSync(file, user.uid, user.gid);
  }
}

/** `folder` itself if the Postgres user can enter it (made when it is missing), else one of the same name that it can. */
export function reachableFor(folder: string): string {
  mkdirSync(folder, { recursive: true });
  const user = postgresUser();
  if (!user || canEnter(user, folder)) return folder;
  const other = path.join(reachableFolder(), path.basename(folder));
  mkdirSync(other, { recursive: true, mode: 0o755 });
  return other;
}
