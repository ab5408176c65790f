import { utils } from 'ssh2';
import { eventually, testSshd, whyNoSshd, type TestSshd } from '@ao/testing';
import { deniedNetworks } from './denied-networks';
import { SshFailure } from './ssh-failure';
import { keyPair } from './ssh-server.testing';
import { SshSession, fingerprintOf, type SshTarget } from './ssh-session';

const why = whyNoSshd();
// Said, not passed over.
if (why !== undefined) console.warn(`Nothing is tested against OpenSSH's own server: ${why}`);

// eslint-disable-next-line no-restricted-properties -- it runs wherever there is such a server, and `npm run verify` fetches one
(why === undefined ? describe : describe.skip)("OpenSSH's own server", () => {
  const [host, own] = [keyPair(), keyPair('open sesame')];
  let sshd: TestSshd;
  let session: SshSession;

  const target = (changes: Partial<SshTarget> = {}): SshTarget => ({
    ...{ hostname: '127.0.0.1', port: sshd.port, username: sshd.username, hostKey: fingerprint() },
    credential: { privateKey: own.private, passphrase: 'open sesame' },
    ...changes,
  });
  const fingerprint = () => {
    const key = utils.parseKey(host.public);
    if (key instanceof Error || Array.isArray(key)) throw new Error('the host has no key');
    return fingerprintOf(key.getPublicSSH());
  };
  const open = (changes?: Partial<SshTarget>) =>
    SshSession.open(target(changes), { isDenied: deniedNetworks(''), connectTimeoutMs: 60_000 });
  const classOf = (work: Promise<unknown>) =>
    work.then(
      () => undefined,
      (error: unknown) => (error instanceof SshFailure ? error.errorClass : error),
    );
  async function run(command: string, stop = new AbortController()) {
    const output = { stdout: '', stderr: '' };
    const onOutput = (stream: 'stdout' | 'stderr', chunk: Buffer) => void (output[stream] += chunk.toString());
    const exit = await session.exec(command, { env: { STAGE: 'test' }, signal: stop.signal, onOutput });
    return { ...exit, ...output };
  }

  beforeAll(async () => {
    sshd = await testSshd({ hostKey: host.private, authorizedKey: own.public });
    session = await open();
  });
  afterAll(async () => {
    session?.end();
    await sshd?.stop();
  });

  it('should be logged in to by a key, and by no other', async () => {
    expect(session.hostKey).toBe(fingerprint());
    expect(session.serverVersion).toMatch(/^SSH-2\.0-OpenSSH_/);
    expect(await classOf(open({ credential: { privateKey: keyPair().private } }))).toBe('authentication_failed');
    expect(await classOf(open({ credential: { password: 'open sesame' } }))).toBe('authentication_failed');
    expect(await classOf(open({ hostKey: `SHA256:${'a'.repeat(43)}` }))).toBe('host_key_mismatch');
    expect(await classOf(open({ hostKey: null }))).toBe('host_key_unpinned');
  });

  it('should run commands, whatever they write and however they end', async () => {
    expect(await run('echo out; echo err >&2; echo "$STAGE"')).toEqual({
      ...{ exit_code: 0, signal: null, stdout: 'out\ntest\n', stderr: 'err\n' },
    });
    expect(await run('exit 7')).toMatchObject({ exit_code: 7, signal: null });
    expect(await run('kill -TERM $$')).toMatchObject({ exit_code: null, signal: 'SIGTERM' });
    // Nobody types anything: what reads its input ends.
    expect(await run('cat; tty')).toMatchObject({ exit_code: 1, stdout: 'not a tty\n' });
    const { stdout } = await run('head -c 3000000 /dev/zero | tr "\\0" x');
    expect(stdout).toHaveLength(3_000_000);
  });

  it('should have nothing left of a command that was stopped', async () => {
    const stop = new AbortController();
    let pid = '';
    const onOutput = (_stream: string, chunk: Buffer) => void (pid += chunk.toString().trim());
    const running = session.exec('echo $$; exec sleep 600', { env: {}, signal: stop.signal, onOutput });
    const outcome = classOf(running);
    await eventually(() => expect(pid).toMatch(/^\d+$/));
    expect(await run(`kill -0 ${pid}`)).toMatchObject({ exit_code: 0 });
    stop.abort(new SshFailure('command_timeout', 'too long'));
    expect(await outcome).toBe('command_timeout');
    await eventually(async () => expect(await run(`kill -0 ${pid}`)).not.toMatchObject({ exit_code: 0 }));
  });
});
