import type { Server } from 'node:http';
import { createServer, type Server as TlsServer, type ServerOptions } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { drainHttp } from '@ao/platform';
import type { ClientCertificates } from '../access/client-certificates';
import { ConnectionWatch } from './connection-watch';
import type { ServerIdentity } from './server-certificate';

/** A handshake that takes longer is given up. */
const HANDSHAKE_MS = 10_000;

/** What every handshake goes by: the server's own certificate, and the authorities (PEM) whose clients are let in. */
export interface HandshakeTerms extends ServerIdentity {
  readonly ca: readonly string[];
}

export interface AgentListenerOptions {
  /** Answers what comes in here. */
  readonly main: Server;
  readonly server: ServerOptions;
  readonly certificates: Pick<ClientCertificates, 'ofConnection'>;
}

/**
 * The port on which nobody gets through the handshake without a certificate of our authority; what is served is the same as
 * everywhere. A connection ends with the certificate that it was made with.
 */
export class AgentListener {
  private server: TlsServer | undefined;
  private readonly watch = new ConnectionWatch();

  constructor(private readonly options: AgentListenerOptions) {}

  /** Resolves once it listens. Rejects as `listen` fails: the port is taken, or not allowed. */
  async open(terms: HandshakeTerms, port: number, host: string): Promise<void> {
    const { main, certificates } = this.options;
    const server = createServer(
      { ...this.options.server, ...contextOf(terms), handshakeTimeout: HANDSHAKE_MS, ...DEMANDING },
      (request, response) => void main.emit('request', request, response),
    );
    server.on('secureConnection', (socket) => {
      // One that is not good is told so by the answer to its first request.
      certificates
        .ofConnection(socket)
        .prove()
        .then(
          (proven) => proven && this.watch.add(socket, proven),
          () => undefined,
        );
    });
    server.on('upgrade', (request, socket, head) => {
      // Sockets are watched where they are routed, and closed with a word.
      this.watch.release(socket as TLSSocket);
      if (!main.emit('upgrade', request, socket, head)) socket.destroy();
    });
    server.on('clientError', (error, socket) => void main.emit('clientError', error, socket));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, () => {
        server.off('error', reject);
        resolve();
      });
    });
    this.server = server;
  }

  /** For handshakes from now on; connections that are open go on. */
  renew(terms: HandshakeTerms): void {
    this.server?.setSecureContext(contextOf(terms));
  }

  /** Something was revoked, perhaps. */
  look(): void {
    this.watch.look();
  }

  /** No new connections; ends when the last request was answered. */
  async close(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (server) await drainHttp(server);
    this.watch.stop();
  }
}

const DEMANDING = { requestCert: true, rejectUnauthorized: true } as const;

const contextOf = ({ cert, key, ca }: HandshakeTerms) => ({ cert, key, ca: [...ca], minVersion: 'TLSv1.2' as const });
