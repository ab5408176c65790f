import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import { Client, type ClientChannel, type ConnectConfig } from 'ssh2';
import type { IsDenied } from './denied-networks';
import { connectTo, type Endpoint } from './ssh-address';
import { MODERN_ALGORITHMS } from './ssh-algorithms';
import { SshFailure, failureOf } from './ssh-failure';

export type SshCredential =
  { readonly password: string } | { readonly privateKey: string; readonly passphrase?: string };

export interface SshTarget extends Endpoint {
  readonly username: string;
  /** Absent: there is nothing to log in with, and only the host's key is looked at. */
  readonly credential?: SshCredential;
  /** The only key that is taken; null: none is. */
  readonly hostKey: string | null;
  /** Takes whatever key is shown where none is pinned. */
  readonly acceptHostKey?: boolean;
}

export interface SshSessionOptions {
  readonly isDenied: IsDenied;
  /** Until the login is complete. */
  readonly connectTimeoutMs: number;
}

export interface SshExit {
  readonly exit_code: number | null;
  readonly signal: string | null;
}

export interface SshRun {
  readonly env: Readonly<Record<string, string>>;
  /** Its reason is an SshFailure: the command is killed, and that is the outcome. */
  readonly signal: AbortSignal;
  readonly onOutput: (stream: 'stdout' | 'stderr', chunk: Buffer) => void;
}

const KEEPALIVE_MS = 10_000;
const KEEPALIVES_MISSED = 3;
/** After the polite end of a connection its socket is destroyed. */
const END_AFTER_MS = 500;

/** A login on a host whose key is the expected one. No agent is forwarded, no terminal, no port. */
export class SshSession {
  private failure: SshFailure | undefined;
  private readonly broken: ((failure: SshFailure) => void)[] = [];

  private constructor(
    private readonly client: Client,
    private readonly socket: Socket,
    readonly hostKey: string,
    readonly serverVersion: string | null,
  ) {
    const breakOff = (error?: Error) => {
      this.failure ??= failureOf(error ?? new Error('closed'), true);
      for (const tell of this.broken.splice(0)) tell(this.failure);
    };
    client.on('error', breakOff).on('close', () => breakOff());
  }

  /** @throws SshFailure */
  static async open(target: SshTarget, { isDenied, connectTimeoutMs }: SshSessionOptions): Promise<SshSession> {
    const started = performance.now();
    const socket = await connectTo(target, isDenied, connectTimeoutMs);
    const left = Math.max(1, connectTimeoutMs - (performance.now() - started));
    return SshSession.logIn(target, socket, left);
  }

  private static logIn(target: SshTarget, socket: Socket, timeoutMs: number): Promise<SshSession> {
    const client = new Client();
    let hostKey: string | undefined;
    let refusal: SshFailure | undefined;
    let version: string | undefined;
    return new Promise((resolve, reject) => {
      const fail = (error: Error) => {
        clearTimeout(timer);
        const { errorClass, message } = refusal ?? failureOf(error, false);
        client.on('error', () => undefined);
        client.destroy();
        socket.destroy();
        reject(new SshFailure(errorClass, message, hostKey, version));
      };
      const timer = setTimeout(() => fail(new SshFailure('connect_timeout', 'The login took too long')), timeoutMs);
      client
        .once('error', fail)
        .once('close', () => fail(new Error('closed')))
        .once('ready', () => {
          clearTimeout(timer);
          client.removeAllListeners('error').removeAllListeners('close');
          resolve(new SshSession(client, socket, hostKey ?? '', version ?? null));
        })
        .on('keyboard-interactive', (_name, _instructions, _language, prompts, answer) => {
          const [prompt] = prompts;
          const { credential } = target;
          const asksPassword = prompts.length === 1 && prompt?.echo !== true;
          answer(asksPassword && credential && 'password' in credential ? [credential.password] : []);
        });
      socket.once('data', (chunk: Buffer) => (version = versionIn(chunk)));
      client.connect({
        ...loginOf(target),
        sock: socket,
        // The timer here is the one that counts.
        readyTimeout: 0,
        keepaliveInterval: KEEPALIVE_MS,
        keepaliveCountMax: KEEPALIVES_MISSED,
        algorithms: MODERN_ALGORITHMS,
        hostVerifier: (key: Buffer) => {
          hostKey = fingerprintOf(key);
          refusal = whyNotTaken(target, hostKey);
          return refusal === undefined;
        },
      });
    });
  }

  /** Runs one command to its end. @throws SshFailure when there is no exit to tell of */
  exec(command: string, { env, signal, onOutput }: SshRun): Promise<SshExit> {
    return new Promise((resolve, reject) => {
      let channel: ClientChannel | undefined;
      const settle = (act: () => void) => {
        signal.removeEventListener('abort', abort);
        act();
      };
      const abort = () => {
        if (channel) kill(this.client, channel);
        settle(() => reject(signal.reason as SshFailure));
      };
      if (this.failure) return reject(this.failure);
      if (signal.aborted) return reject(signal.reason as SshFailure);
      signal.addEventListener('abort', abort, { once: true });
      this.broken.push((failure) => settle(() => reject(failure)));
      this.client.exec(command, { env: { ...env }, pty: false }, (error, opened) => {
        if (error) {
          const refused = new SshFailure('command_refused', 'The host runs no commands for this user');
          return settle(() => reject(this.failure ?? refused));
        }
        channel = opened;
        if (signal.aborted) return abort();
        let exit: SshExit | undefined;
        opened
          .on('data', (chunk: Buffer) => onOutput('stdout', chunk))
          .on('exit', (code: number | null, name?: string) => (exit = { exit_code: code, signal: name ?? null }))
          .on('close', () => {
            const lost = new SshFailure('connection_lost', 'The command ended without a word of how');
            settle(() => (exit ? resolve(exit) : reject(this.failure ?? lost)));
          });
        opened.stderr.on('data', (chunk: Buffer) => onOutput('stderr', chunk));
        opened.end();
      });
    });
  }

  end(): void {
    this.client.end();
    const timer = setTimeout(() => this.socket.destroy(), END_AFTER_MS);
    this.socket.once('close', () => clearTimeout(timer));
  }
}

/**
 * A server that knows no signals ends the command when its channel closes, or leaves it be. Our end of the channel is closed
 * for writing since the command began, and the library's own `signal` is silent from then on, though the protocol is not.
 */
function kill(client: Client, channel: ClientChannel): void {
  const { _protocol: protocol } = client as unknown as { _protocol?: { signal(channel: number, name: string): void } };
  const { outgoing } = channel as unknown as { outgoing: { id: number; state: string } };
  if (outgoing.state === 'open' || outgoing.state === 'eof') protocol?.signal(outgoing.id, 'KILL');
  channel.close();
}

/** As `ssh-keygen -l` shows it. */
export function fingerprintOf(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** Nothing is said to a host, not even the user's name, before this lets it pass. */
function whyNotTaken({ hostKey, acceptHostKey, credential }: SshTarget, shown: string): SshFailure | undefined {
  if (hostKey !== null && hostKey !== shown)
    return new SshFailure('host_key_mismatch', 'The host shows another key than the one that is pinned');
  if (hostKey === null && !acceptHostKey) return new SshFailure('host_key_unpinned', 'No key of this host is pinned');
  return credential ? undefined : new SshFailure('credential_missing', 'There is nothing to log in with');
}

function loginOf({ username, credential }: SshTarget): ConnectConfig {
  if (!credential) return { username };
  if ('password' in credential) {
    const { password } = credential;
    return { username, password, tryKeyboard: true, authHandler: ['password', 'keyboard-interactive'] };
  }
  return { username, ...credential, authHandler: ['publickey'] };
}

/** As the server introduces itself, in the first bytes that it sends. */
function versionIn(chunk: Buffer): string | undefined {
  return /^SSH-[\x20-\x7e]{1,250}/m.exec(chunk.toString('latin1'))?.[0].trimEnd();
}
