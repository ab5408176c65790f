import { hash, type X509Certificate } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import type { Clock } from '@ao/kernel';
import { unavailable } from '../http/problem';
import { readAgentCertificate } from './agent-certificate';
import { agentPrincipal } from './agent.principal';
import type { Authentication } from './authentication';
import { forwardedCert, readForwardedCert } from './forwarded-certificate';
import type { Proven } from './resolver';

/** Forwarded ones that were proved and are remembered; the oldest go first, and are merely proved again. */
const MAX_REMEMBERED = 20_000;

/** The certificate that a request came with. */
export interface ShownCertificate {
  /** `connection`: the caller proved on this very connection that it has the key. `proxy`: a proxy that we trust says so. */
  readonly by: 'connection' | 'proxy';
  /** Undefined: it is none that we issued to an agent, or is not good any more. @throws Problem while it cannot be told */
  prove(): Promise<Proven | undefined>;
}

export interface ClientCertificatesOptions {
  readonly authentication: Pick<Authentication, 'view' | 'caughtUp'>;
  readonly clock: Clock;
  /** Whether the log has that this agent was given this certificate. */
  readonly wasIssued: (agentId: string, serial: string) => Promise<boolean>;
  /** Whether the peer of a connection is a proxy whose word counts. */
  readonly isTrustedProxy: (socket: IncomingMessage['socket']) => boolean;
}

/**
 * What agents prove themselves with instead of a token: a certificate, on the connection itself or forwarded by a proxy. The
 * signature is checked, and the log asked, once per connection (or forwarded certificate); after that its time and what was
 * revoked are looked up, in memory.
 */
export class ClientCertificates {
  private readonly ofConnections = new WeakMap<TLSSocket, ShownCertificate>();
  private readonly forwarded = new Map<string, Promise<Proven | undefined>>();

  constructor(private readonly options: ClientCertificatesOptions) {}

  /** Undefined: there is none. The header of anybody but a trusted proxy is as if it were not there. */
  shownBy({ socket, headers }: Pick<IncomingMessage, 'socket' | 'headers'>): ShownCertificate | undefined {
    if (socket instanceof TLSSocket) return this.ofConnection(socket);
    const header = headers['x-forwarded-client-cert'];
    if (header === undefined || !this.options.isTrustedProxy(socket)) return undefined;
    const text = forwardedCert(String(header));
    return text === undefined ? undefined : { by: 'proxy', prove: () => this.proveForwarded(text) };
  }

  ofConnection(socket: TLSSocket): ShownCertificate {
    const known = this.ofConnections.get(socket);
    if (known) return known;
    let proving: Promise<Proven | undefined> | undefined;
    const certificate = socket.getPeerX509Certificate();
    const prove = (): Promise<Proven | undefined> => {
      if (proving) return proving;
      const begun = certificate ? this.prove(certificate) : Promise.resolve(undefined);
      // What could not be told is asked again.
      begun.catch(() => (proving = undefined));
      return (proving = begun);
    };
    const shown: ShownCertificate = { by: 'connection', prove };
    this.ofConnections.set(socket, shown);
    return shown;
  }

  private proveForwarded(text: string): Promise<Proven | undefined> {
    const digest = hash('sha256', text, 'base64');
    const known = this.forwarded.get(digest);
    if (known) return known;
    const certificate = readForwardedCert(text);
    if (!certificate) return Promise.resolve(undefined);
    const proving = this.prove(certificate);
    this.remember(digest, proving);
    // What is good is remembered, and nothing else.
    const forget = () => void this.forwarded.delete(digest);
    proving.then((proven) => proven ?? forget(), forget);
    return proving;
  }

  private async prove(certificate: X509Certificate): Promise<Proven | undefined> {
    const { authentication, clock, wasIssued } = this.options;
    const read = () => readAgentCertificate(certificate, authentication.view.authorities(clock.now()));
    let agent = read();
    if (!agent) {
      // An authority that was made a moment ago may have signed it.
      await authentication.caughtUp();
      agent = read();
    }
    if (!agent) return undefined;
    const { agentId, serial, from, until } = agent;
    const issued = await wasIssued(agentId, serial).catch(() => {
      throw unavailable(
        'not_ready',
        'It cannot be told now whether the client certificate is good; send the request again',
      );
    });
    if (!issued) return undefined;
    return () => {
      const now = clock.now();
      if (now < from || now >= until) return undefined;
      return agentPrincipal(authentication.view, { sub: agentId, serial, exp: until / 1000 });
    };
  }

  private remember(digest: string, proving: Promise<Proven | undefined>): void {
    if (this.forwarded.size >= MAX_REMEMBERED) {
      const oldest = this.forwarded.keys().next();
      if (!oldest.done) this.forwarded.delete(oldest.value);
    }
    this.forwarded.set(digest, proving);
  }
}
