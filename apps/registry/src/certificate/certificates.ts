import type { CommandShell, EventReader, Subscriptions } from '@ao/event-log';
import type { Clock } from '@ao/kernel';
import type { CommandClient } from '@ao/messaging';
import type { Pool } from 'pg';
import type { RegistryConfig } from '../registry.config';
import { Authorities } from './authorities';
import { openCaKeys, type CaKeys } from './ca-keys';
import type { EnrolmentDependencies } from './enrol-agent';
import { revokeCertificatesWhenAgentDeregistered } from './revoke-certificates-when-agent-deregistered';
import { followRevokedCertificates, revokedCertificates } from './revoked-certificates';

/** A list is made at most so often, however many ask. */
const LIST_KEPT_MS = 1_000;

export interface CertificatesDependencies {
  readonly config: RegistryConfig;
  readonly pool: Pool;
  readonly log: EventReader;
  readonly shell: CommandShell;
  readonly subscriptions: Subscriptions;
  readonly clock: Clock;
  readonly commands: CommandClient;
  readonly onError: (error: unknown) => void;
}

/** The authorities of this replica, and what has become of its certificates. */
export class Certificates {
  private readonly keys: CaKeys;
  readonly authorities: Authorities;
  private list: { readonly at: number; readonly der: Promise<Buffer> } | undefined;

  /** @throws StartupError when there is no key-encryption key */
  constructor(private readonly dependencies: CertificatesDependencies) {
    const { config, pool, log, shell, subscriptions, clock, onError } = dependencies;
    this.keys = openCaKeys(config, pool);
    this.authorities = new Authorities({
      ...{ log, shell, subscriptions, clock, onError, sealer: this.keys.sealer },
      lifetimeSeconds: config.AGENT_CERTIFICATE_LIFETIME,
    });
  }

  /** Before anybody is answered, and after the migrations. @throws StartupError when the keys are not the ones of this database */
  async start(): Promise<void> {
    const { shell, subscriptions } = this.dependencies;
    await this.keys.check();
    await this.authorities.start();
    await subscriptions.owned(followRevokedCertificates);
    await subscriptions.owned(revokeCertificatesWhenAgentDeregistered(shell));
  }

  stop(): void {
    this.authorities.stop();
  }

  /** What enrolling and renewing need. */
  get enrolment(): EnrolmentDependencies {
    const { shell, log, clock, commands } = this.dependencies;
    const { forAgents: authority, bundle } = this.authorities;
    return { shell, log, clock, commands, authority, bundle };
  }

  /** What issuing to a gateway needs. */
  get issuing(): { readonly shell: CommandShell; readonly authorities: Authorities } {
    return { shell: this.dependencies.shell, authorities: this.authorities };
  }

  /** DER; a second old at most. */
  revocationList(): Promise<Buffer> {
    const now = performance.now();
    if (!this.list || now - this.list.at > LIST_KEPT_MS) {
      const der = revokedCertificates(this.dependencies.pool).then((revoked) =>
        this.authorities.forAgents.revocationList(revoked),
      );
      const list = { at: now, der };
      this.list = list;
      der.catch(() => {
        if (this.list === list) this.list = undefined;
      });
    }
    return this.list.der;
  }
}
