import type { CommandShell, EventReader, Subscriptions } from '@ao/event-log';
import type { Clock } from '@ao/kernel';
import type { CommandClient } from '@ao/messaging';
import type { Pool } from 'pg';
import type { RegistryConfig } from '../registry.config';
import { openAuthority, type Authority } from './authority';
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
}

/** The authority of this replica, and what has become of its certificates. */
export class Certificates {
  private readonly keys: CaKeys;
  private opened: Authority | undefined;
  private list: { readonly at: number; readonly der: Promise<Buffer> } | undefined;

  /** @throws StartupError when there is no key-encryption key */
  constructor(private readonly dependencies: CertificatesDependencies) {
    this.keys = openCaKeys(dependencies.config, dependencies.pool);
  }

  /** Before anybody is answered, and after the migrations. @throws StartupError when the keys are not the ones of this database */
  async start(): Promise<void> {
    const { shell, clock, subscriptions } = this.dependencies;
    await this.keys.check();
    this.opened = await openAuthority(shell, this.keys.sealer, clock);
    await subscriptions.owned(followRevokedCertificates);
    await subscriptions.owned(revokeCertificatesWhenAgentDeregistered(shell));
  }

  get authority(): Authority {
    if (!this.opened) throw new Error('the certificate authority is not open yet');
    return this.opened;
  }

  /** What enrolling and renewing need. */
  get enrolment(): EnrolmentDependencies {
    const { shell, log, clock, commands } = this.dependencies;
    return { shell, log, clock, commands, authority: this.authority };
  }

  /** DER; a second old at most. */
  revocationList(): Promise<Buffer> {
    const now = performance.now();
    if (!this.list || now - this.list.at > LIST_KEPT_MS) {
      const der = revokedCertificates(this.dependencies.pool).then((revoked) => this.authority.revocationList(revoked));
      const list = { at: now, der };
      this.list = list;
      der.catch(() => {
        if (this.list === list) this.list = undefined;
      });
    }
    return this.list.der;
  }
}
