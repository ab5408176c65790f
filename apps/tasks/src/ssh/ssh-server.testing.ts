import { timingSafeEqual } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { Server, utils, type AuthContext, type Connection, type ServerChannel, type Session } from 'ssh2';
import { fingerprintOf } from './ssh-session';

export interface SshServer {
  readonly port: number;
  /** Of its host key. */
  readonly fingerprint: string;
  readonly version: string;
  /** Every attempt at a login that came so far as to show a credential: `<method>`. */
  readonly logins: readonly string[];
  /** Every command that was begun. */
  readonly commands: readonly string[];
  /** Of them, those whose channel was closed before they ended. (ssh2's server hears no signals after the end of input.) */
  readonly stopped: readonly string[];
  /** Lets commands that hang end by 0. */
  release(): void;
  /** Connections that are open now. */
  readonly open: number;
  /** What the server wrote to floods. */
  readonly flooded: number;
  close(): Promise<void>;
}

export interface SshServerOptions {
  readonly username?: string;
  readonly password?: string;
  /** OpenSSH text of the public key that may log in. */
  readonly publicKey?: string;
  /** The private key of the host; default: a fresh one. */
  readonly hostKey?: string;
  readonly port?: number;
}

export interface KeyPair {
  readonly private: string;
  readonly public: string;
}

export function keyPair(passphrase?: string): KeyPair {
  for (;;) {
    const pair = utils.generateKeyPairSync(
      'ed25519',
      passphrase ? { passphrase, cipher: 'aes256-ctr', rounds: 4 } : {},
    );
    // One in some hundred of those that the library makes is none that it reads.
    if (!(utils.parseKey(pair.private, passphrase) instanceof Error)) return pair;
  }
}

/**
 * A server of ssh2 on loopback, whose commands do what the words say: `echo <text>`, `fail <code> <text>`, `signal <name>`,
 * `hang`, `flood`, `vanish`, `env`.
 */
export async function startSshServer(options: SshServerOptions = {}): Promise<SshServer> {
  const hostKey = options.hostKey ?? keyPair().private;
  const seen = {
    logins: [] as string[],
    commands: [] as string[],
    stopped: [] as string[],
    flooded: 0,
    hanging: new Set<ServerChannel>(),
  };
  const connections = new Set<Connection>();
  const server = new Server({ hostKeys: [hostKey], ident: 'test_1.0' }, (connection) => {
    connections.add(connection);
    connection
      .on('error', () => undefined)
      .on('close', () => connections.delete(connection))
      .on('authentication', (context) => authenticate(context, options, seen.logins))
      .on('session', (accept) => serve(accept(), connection, seen));
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const key = utils.parseKey(hostKey);
  if (key instanceof Error) throw key;
  return {
    ...{ logins: seen.logins, commands: seen.commands, stopped: seen.stopped, version: 'SSH-2.0-test_1.0' },
    port: (server.address() as AddressInfo).port,
    fingerprint: fingerprintOf((Array.isArray(key) ? key[0]! : key).getPublicSSH()),
    release: () => {
      for (const channel of seen.hanging) {
        seen.hanging.delete(channel);
        channel.exit(0);
        channel.end();
      }
    },
    get open() {
      return connections.size;
    },
    get flooded() {
      return seen.flooded;
    },
    close: () =>
      new Promise((resolve) => {
        for (const connection of connections) connection.end();
        server.close(() => resolve());
      }),
  };
}

function authenticate(context: AuthContext, options: SshServerOptions, logins: string[]): void {
  const { username = 'deploy', password, publicKey } = options;
  if (context.method === 'none') return context.reject();
  logins.push(context.method);
  if (context.username !== username) return context.reject();
  if (context.method === 'password' && password !== undefined && context.password === password) return context.accept();
  if (context.method === 'publickey' && publicKey !== undefined) {
    const key = utils.parseKey(publicKey);
    if (key instanceof Error || Array.isArray(key)) throw new Error('the public key of the test is none');
    const shown = context.key.data;
    const own = key.getPublicSSH();
    const isSame = shown.length === own.length && timingSafeEqual(shown, own);
    const { blob, signature, hashAlgo } = context;
    const isSigned = !signature || !blob || key.verify(blob, signature, hashAlgo) === true;
    if (isSame && isSigned) return context.accept();
  }
  context.reject(['password', 'publickey']);
}

function serve(
  session: Session,
  connection: Connection,
  seen: { commands: string[]; stopped: string[]; flooded: number; hanging: Set<ServerChannel> },
): void {
  const env: Record<string, string> = {};
  session.on('env', (accept, _reject, { key, val }: { key: string; val: string }) => {
    env[key] = val;
    accept?.();
  });
  session.on('exec', (accept, _reject, { command }) => {
    seen.commands.push(command);
    const channel = accept();
    const [word, first = '', ...more] = command.split(' ');
    const exit = (code: number) => {
      channel.exit(code);
      channel.end();
    };
    switch (word) {
      case 'echo':
        channel.write(`${[first, ...more].join(' ')}\n`);
        return exit(0);
      case 'fail':
        channel.stderr.write(`${more.join(' ')}\n`);
        return exit(Number(first));
      case 'signal':
        channel.exit(first);
        return void channel.end();
      case 'env':
        channel.write(JSON.stringify(env));
        return exit(0);
      case 'vanish':
        return void connection.end();
      case 'flood':
        return flood(channel, (bytes) => (seen.flooded += bytes));
      default:
        seen.hanging.add(channel);
        channel.resume().on('close', () => {
          if (seen.hanging.delete(channel)) seen.stopped.push(command);
        });
        return;
    }
  });
}

const CHUNK = Buffer.alloc(32 * 1024, 'all work and no play\n');

function flood(channel: ServerChannel, wrote: (bytes: number) => void): void {
  let isOpen = true;
  channel.on('close', () => (isOpen = false)).on('error', () => (isOpen = false));
  const write = () => {
    while (isOpen) {
      wrote(CHUNK.length);
      if (!channel.write(CHUNK)) return void channel.once('drain', write);
    }
  };
  write();
}
