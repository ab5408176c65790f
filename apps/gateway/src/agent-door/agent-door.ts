import type { X509Certificate } from 'node:crypto';
import type { Server } from 'node:http';
import type { ServerOptions } from 'node:https';
import type { Clock } from '@ao/kernel';
import type { CommandClient } from '@ao/messaging';
import type { Logger } from '@ao/platform';
import type { Authentication } from '../access/authentication';
import type { ClientCertificates } from '../access/client-certificates';
import { AgentListener, type HandshakeTerms } from './agent-listener';
import { ServerCertificate, type ServerIdentity } from './server-certificate';

export interface AgentDoorOptions {
  readonly main: Server;
  readonly server: ServerOptions;
  readonly port: number;
  readonly host: string;
  /** Host names and addresses that agents know this gateway by. */
  readonly names: readonly string[];
  readonly authentication: Pick<Authentication, 'view' | 'onChange'>;
  readonly certificates: Pick<ClientCertificates, 'ofConnection'>;
  readonly commands: Pick<CommandClient, 'send'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * The agents' own port (AGENT_TLS_PORT). It opens as soon as there is a certificate for it and an authority to judge
 * others by; until then, and without it, the API is served as ever.
 */
export class AgentDoor {
  private readonly listener: AgentListener;
  private readonly certificate: ServerCertificate;
  private identity: ServerIdentity | undefined;
  /** What the handshakes go by now. */
  private terms: HandshakeTerms | undefined;
  private authorities: readonly X509Certificate[] = [];
  private opening: Promise<void> | undefined;
  private closed = false;

  constructor(private readonly options: AgentDoorOptions) {
    const { commands, clock, names, logger, main, server, certificates } = options;
    this.listener = new AgentListener({ main, server, certificates });
    this.certificate = new ServerCertificate({
      ...{ commands, clock, names },
      onIssued: (identity) => {
        this.identity = identity;
        this.update();
      },
      onFailure: (error) =>
        logger.warn({ err: error }, "there is no certificate for the agents' port yet; asking again"),
    });
  }

  start(): void {
    this.options.authentication.onChange(() => {
      this.listener.look();
      this.update();
    });
    this.certificate.start();
  }

  async close(): Promise<void> {
    this.closed = true;
    this.certificate.stop();
    await this.opening;
    await this.listener.close();
  }

  /** Opens the port, or takes what has changed to the handshakes to come. */
  private update(): void {
    const { authentication, clock } = this.options;
    const authorities = authentication.view.authorities(clock.now());
    if (this.closed || !this.identity || authorities.length === 0) return;
    if (this.terms?.cert === this.identity.cert && isSame(this.authorities, authorities)) return;
    this.authorities = authorities;
    const terms = { ...this.identity, ca: authorities.map((authority) => authority.toString()) };
    this.terms = terms;
    if (this.opening) this.listener.renew(terms);
    else this.opening = this.open(terms);
  }

  private async open(terms: HandshakeTerms): Promise<void> {
    const { port, host, logger } = this.options;
    try {
      await this.listener.open(terms, port, host);
      // They may be others by now.
      if (this.terms && this.terms !== terms) this.listener.renew(this.terms);
      logger.info({ port }, 'agents with certificates are served');
    } catch (error) {
      this.certificate.stop();
      logger.warn(
        { port, err: error },
        `port ${port} is taken or not allowed; agents are served without certificates alone`,
      );
    }
  }
}

const isSame = <T>(one: readonly T[], other: readonly T[]) =>
  one.length === other.length && one.every((item, index) => item === other[index]);
