import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { eventually } from '@ao/testing';
import { deniedNetworks } from './denied-networks';
import { SshFailure } from './ssh-failure';
import { keyPair, startSshServer, type SshServer, type SshServerOptions } from './ssh-server.testing';
import { SshSession, type SshTarget } from './ssh-session';

const PASSWORD = 'correct horse';
const isDenied = deniedNetworks('');
const servers: { close(): unknown }[] = [];
const sessions: SshSession[] = [];

afterEach(async () => {
  for (const session of sessions.splice(0)) session.end();
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function server(options: SshServerOptions = { password: PASSWORD }): Promise<SshServer> {
  const started = await startSshServer(options);
  servers.push(started);
  return started;
}

const target = ({ port, fingerprint }: SshServer, changes: Partial<SshTarget> = {}): SshTarget => ({
  ...{ hostname: '127.0.0.1', port, username: 'deploy', hostKey: fingerprint },
  credential: { password: PASSWORD },
  ...changes,
});

async function open(to: SshTarget, denied = isDenied, connectTimeoutMs = 5_000): Promise<SshSession> {
  const session = await SshSession.open(to, { isDenied: denied, connectTimeoutMs });
  sessions.push(session);
  return session;
}

async function failureOf(work: Promise<unknown>): Promise<SshFailure> {
  const outcome = await work.then(
    () => new Error('it succeeded'),
    (error: unknown) => error,
  );
  if (!(outcome instanceof SshFailure)) throw outcome;
  return outcome;
}

async function run(session: SshSession, command: string, stop = new AbortController()) {
  const output = { stdout: '', stderr: '' };
  const onOutput = (stream: 'stdout' | 'stderr', chunk: Buffer) => void (output[stream] += chunk.toString());
  const exit = await session.exec(command, { env: { STAGE: 'test' }, signal: stop.signal, onOutput });
  return { ...exit, ...output };
}

describe('logging in', () => {
  it('should take a password, and tell who answers', async () => {
    const host = await server();
    const session = await open(target(host));
    expect(session).toMatchObject({ hostKey: host.fingerprint, serverVersion: host.version });
  });

  it('should take a private key, with a passphrase and without', async () => {
    for (const passphrase of [undefined, 'open sesame']) {
      const key = keyPair(passphrase);
      const host = await server({ publicKey: key.public });
      const session = await open(target(host, { credential: { privateKey: key.private, passphrase } }));
      expect(await run(session, 'echo in')).toMatchObject({ exit_code: 0, stdout: 'in\n' });
    }
  });

  it('rejects a wrong password, a wrong key and a wrong user alike', async () => {
    const host = await server({ password: PASSWORD, publicKey: keyPair().public });
    const wrong: Partial<SshTarget>[] = [
      { credential: { password: 'incorrect horse' } },
      { credential: { privateKey: keyPair().private } },
      { username: 'nobody' },
    ];
    for (const change of wrong) {
      const { errorClass, hostKey } = await failureOf(open(target(host, change)));
      expect({ errorClass, hostKey }).toEqual({ errorClass: 'authentication_failed', hostKey: host.fingerprint });
    }
  });

  it('should end every connection that comes to nothing', async () => {
    const host = await server();
    await failureOf(open(target(host, { credential: { password: 'wrong' } })));
    await failureOf(open(target(host, { hostKey: null })));
    await eventually(() => expect(host.open).toBe(0));
  });
});

describe('the key of the host', () => {
  it('should be the pinned one, or nothing is said to the host', async () => {
    const [host, other] = [await server(), await server()];
    const { errorClass, hostKey, message } = await failureOf(open(target(host, { hostKey: other.fingerprint })));
    expect({ errorClass, hostKey }).toEqual({ errorClass: 'host_key_mismatch', hostKey: host.fingerprint });
    expect(message).not.toContain(PASSWORD);
    // Not even where new keys are accepted.
    const changed = target(host, { hostKey: other.fingerprint, acceptHostKey: true });
    expect((await failureOf(open(changed))).errorClass).toBe('host_key_mismatch');
    expect(host.logins).toEqual([]);
  });

  it('should be shown where none is pinned, without logging in', async () => {
    const host = await server();
    const { errorClass, hostKey, serverVersion } = await failureOf(open(target(host, { hostKey: null })));
    expect({ errorClass, hostKey }).toEqual({ errorClass: 'host_key_unpinned', hostKey: host.fingerprint });
    expect(serverVersion).toBe(host.version);
    expect(host.logins).toEqual([]);
    expect((await open(target(host, { hostKey: null, acceptHostKey: true }))).hostKey).toBe(host.fingerprint);
    expect(host.logins).toEqual(['password']);
  });

  it('should be looked at although there is nothing to log in with', async () => {
    const host = await server();
    const { errorClass, hostKey } = await failureOf(open(target(host, { credential: undefined })));
    expect({ errorClass, hostKey }).toEqual({ errorClass: 'credential_missing', hostKey: host.fingerprint });
    expect(host.logins).toEqual([]);
  });
});

describe('what is no SSH server', () => {
  async function listening(onConnection: (socket: Socket) => void): Promise<number> {
    const sockets = new Set<Socket>();
    const listener: Server = createServer((socket) => {
      sockets.add(socket.on('error', () => undefined));
      onConnection(socket);
    });
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    servers.push({
      close: () => {
        for (const socket of sockets) socket.destroy();
        return new Promise((resolve) => listener.close(resolve));
      },
    });
    return (listener.address() as AddressInfo).port;
  }
  const at = (port: number, hostname = '127.0.0.1'): SshTarget => ({
    ...{ hostname, port, username: 'deploy', hostKey: null },
    credential: { password: PASSWORD },
  });

  it('should be told apart', async () => {
    const silent = await listening(() => undefined);
    const web = await listening((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    const closing = await listening((socket) => socket.destroy());
    const host = await server();
    await host.close();
    const classes = await Promise.all(
      [at(silent), at(web), at(closing), at(host.port), at(22, 'no-such-host.invalid')].map(
        async (to) => (await failureOf(open(to, isDenied, 1_000))).errorClass,
      ),
    );
    expect(classes).toEqual([
      ...['connect_timeout', 'protocol_error', 'protocol_error', 'host_unreachable', 'host_unknown'],
    ]);
  });

  it('should not be connected to at all where the settings deny it', async () => {
    let connections = 0;
    const port = await listening(() => (connections += 1));
    const denied = deniedNetworks('127.0.0.0/8,::1/128');
    for (const hostname of ['127.0.0.1', 'localhost', '127.1', '2130706433', '::ffff:127.0.0.1', '::1']) {
      const { errorClass } = await failureOf(open(at(port, hostname), denied));
      expect([hostname, errorClass]).toEqual([hostname, 'address_denied']);
    }
    expect(connections).toBe(0);
    // The control: it is there.
    await failureOf(open(at(port), isDenied, 200));
    expect(connections).toBe(1);
  });
});

describe('a command', () => {
  it('should tell what it wrote and how it ended', async () => {
    const session = await open(target(await server()));
    expect(await run(session, 'echo hello there')).toEqual({
      ...{ exit_code: 0, signal: null, stdout: 'hello there\n', stderr: '' },
    });
    expect(await run(session, 'fail 3 no such file')).toMatchObject({ exit_code: 3, stderr: 'no such file\n' });
    expect(await run(session, 'signal SEGV')).toMatchObject({ exit_code: null, signal: 'SIGSEGV' });
    expect((await run(session, 'env')).stdout).toBe('{"STAGE":"test"}');
  });

  it('should be killed when it is stopped, with the reason as the outcome', async () => {
    const host = await server();
    const session = await open(target(host));
    const stop = new AbortController();
    const running = failureOf(run(session, 'hang', stop));
    await eventually(() => expect(host.commands).toEqual(['hang']));
    stop.abort(new SshFailure('command_timeout', 'too long'));
    expect((await running).errorClass).toBe('command_timeout');
    await eventually(() => expect(host.stopped).toEqual(['hang']));
  });

  it('should not begin when it is stopped before', async () => {
    const host = await server();
    const stopped = new AbortController();
    stopped.abort(new SshFailure('runner_stopped', 'over'));
    const session = await open(target(host));
    expect((await failureOf(run(session, 'echo late', stopped))).errorClass).toBe('runner_stopped');
    expect(host.commands).toEqual([]);
  });

  it('should fail when the connection breaks, and so should the next one', async () => {
    const session = await open(target(await server()));
    expect((await failureOf(run(session, 'vanish'))).errorClass).toBe('connection_lost');
    expect((await failureOf(run(session, 'echo more'))).errorClass).toBe('connection_lost');
  });
});
