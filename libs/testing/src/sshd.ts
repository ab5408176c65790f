import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { freePort, installedProgram, isExecutable, unpackDebianPackage } from '@ao/embedded';
import { eventually } from './eventually';

const UNPACKED = path.resolve(__dirname, '../../../.cache/openssh-server');
/** OpenSSH 10 has its parts apart. */
const PARTS = ['sshd-session', 'sshd-auth'] as const;

interface Login {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** OpenSSH's own server, run by a normal user on a free port of loopback, for logins of that user by key alone. */
export interface TestSshd {
  readonly port: number;
  readonly username: string;
  /** What it wrote about what went wrong. */
  readonly output: readonly string[];
  stop(): Promise<void>;
}

/** Why there is no sshd to test against; undefined: there is one. */
export function whyNoSshd(): string | undefined {
  const binary = program();
  if (!binary) return 'no OpenSSH server is installed, and none was fetched: `npm run verify` does where it can';
  // The loader's own code for a library that is missing.
  if (spawnSync(binary, ['-V']).status === 127) return 'libraries that the OpenSSH server needs are missing here';
  if (!loginUser()) return 'root starts no sshd here, and no other user has a shell';
  return undefined;
}

/** Fetches Debian's package unless there is one. @throws Error that says why it cannot */
export function fetchSshd(): void {
  if (!program()) unpackDebianPackage('openssh-server', UNPACKED);
}

/** @param files OpenSSH texts of the private key of the host and of the public key that may log in */
export async function testSshd(files: { hostKey: string; authorizedKey: string }): Promise<TestSshd> {
  const [binary, user] = [program(), loginUser()];
  if (!binary || !user) throw new Error(whyNoSshd());
  const folder = mkdtempSync(path.join(tmpdir(), 'ao-sshd-'));
  const file = (name: string) => path.join(folder, name);
  const port = await freePort();
  copyFileSync(binary, file('sshd'));
  writeFileSync(file('host_key'), files.hostKey, { mode: 0o600 });
  writeFileSync(file('authorized_keys'), `${files.authorizedKey}\n`, { mode: 0o600 });
  writeFileSync(file('sshd_config'), configuration(binary, port, file));
  chmodSync(folder, 0o755);
  for (const name of ['', 'sshd', 'host_key', 'authorized_keys', 'sshd_config'])
    chownSync(file(name), user.uid, user.gid);

  const output: string[] = [];
  const server = spawn(file('sshd'), ['-D', '-e', '-f', file('sshd_config')], {
    ...(process.getuid?.() === 0 && { uid: user.uid, gid: user.gid }),
    cwd: '/',
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  server.stderr.on('data', (chunk: Buffer) => output.push(chunk.toString()));
  const ended = new Promise<void>((resolve) => server.once('close', () => resolve()));
  const stop = async () => {
    server.kill();
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await eventually(() => answers(port));
  } catch (error) {
    await stop();
    throw new Error(`sshd did not start: ${output.join('')}`, { cause: error });
  }
  return { port, username: user.name, output, stop };
}

function program(): string | undefined {
  const unpacked = path.join(UNPACKED, 'usr', 'sbin', 'sshd');
  return installedProgram('sshd') ?? (isExecutable(unpacked) ? unpacked : undefined);
}

function configuration(binary: string, port: number, file: (name: string) => string): string {
  const libraries = path.resolve(path.dirname(binary), '../lib/openssh');
  const parts = PARTS.filter((part) => existsSync(path.join(libraries, part)));
  return [
    ...[`ListenAddress 127.0.0.1:${port}`, `HostKey ${file('host_key')}`, 'PidFile none', 'LogLevel ERROR'],
    ...[`AuthorizedKeysFile ${file('authorized_keys')}`, 'StrictModes no', 'UsePAM no', 'AcceptEnv STAGE'],
    ...['PasswordAuthentication no', 'KbdInteractiveAuthentication no'],
    ...parts.map(
      (part) => `${part === 'sshd-auth' ? 'SshdAuthPath' : 'SshdSessionPath'} ${path.join(libraries, part)}`,
    ),
    '',
  ].join('\n');
}

/** Whoever runs this; for root, whose sshd wants more of the system than a test may touch, another user with a shell. */
function loginUser(): Login | undefined {
  const { username: name, uid, gid } = userInfo();
  if (uid !== 0) return { name, uid, gid };
  if (!existsSync('/etc/passwd')) return undefined;
  const users = readFileSync('/etc/passwd', 'utf8').split('\n');
  return users
    .map((line) => line.split(':'))
    .filter(([, , id, , , , shell = '']) => id !== '0' && /\/(ba|da|k|z)?sh$/.test(shell))
    .map(([login = '', , id, group]) => ({ name: login, uid: Number(id), gid: Number(group) }))[0];
}

function answers(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', reject).once('connect', () => {
      socket.destroy();
      resolve();
    });
  });
}
