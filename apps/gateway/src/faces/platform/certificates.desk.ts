import { renewCertificate, RENEW_WITHIN_SECONDS, type ResultOf } from '@ao/contracts';
import type { Clock } from '@ao/kernel';
import type { CommandPath } from '../../commands/command-path';
import type { Call } from '../../http/call';
import { Problem } from '../../http/problem';
import type { RenewedCertificate } from './enrolment.schemas';

/** What a heartbeat's answer has besides, when there is something to renew. */
export interface Renewal {
  readonly token: string;
  readonly certificateRenewal: RenewedCertificate;
}

/** Renews what agents prove themselves with. */
export class CertificateDesk {
  constructor(
    private readonly commands: CommandPath,
    private readonly clock: Clock,
  ) {}

  /**
   * A certificate for the same key, within the last hour of the one that is shown; nothing before, for other principals, and
   * while it cannot be had: the next beat asks again.
   */
  async renewal({ principal, ...call }: Call): Promise<Renewal | undefined> {
    const { certificate, actor } = principal;
    if (principal.kind !== 'agent' || !certificate) return undefined;
    if (certificate.expiresAt - this.clock.now() / 1000 >= RENEW_WITHIN_SECONDS) return undefined;
    try {
      const renewed = await this.commands.send(
        { ...call, principal, idempotentCommandId: undefined },
        renewCertificate,
        { agent_id: actor.id, serial: certificate.serial },
      );
      return { token: renewed.token, certificateRenewal: presentCertificate(renewed) };
    } catch (error) {
      if (error instanceof Problem) return undefined;
      throw error;
    }
  }

  /** For the key of a request. @throws Problem */
  async renewedFor(call: Call, csr: string): Promise<{ token: string; certificate: RenewedCertificate }> {
    const { certificate, actor, kind } = call.principal;
    if (kind !== 'agent' || !certificate)
      throw new Problem(403, 'forbidden', 'Only the agent itself may ask for a certificate');
    const renewed = await this.commands.send(call, renewCertificate, {
      ...{ agent_id: actor.id, serial: certificate.serial, csr },
    });
    return { token: renewed.token, certificate: presentCertificate(renewed) };
  }
}

function presentCertificate({ certificate, ca, expires_at }: ResultOf<typeof renewCertificate>): RenewedCertificate {
  return { cert: certificate, ca, expiresAt: expires_at };
}
