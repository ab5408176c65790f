import type { X509Certificate } from 'node:crypto';
import { AGENT_URI } from '@ao/contracts';
import { isId } from '@ao/kernel';

const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';

/** What a certificate says that was signed for an agent. */
export interface AgentCertificate {
  readonly agentId: string;
  readonly serial: string;
  /** Unix milliseconds. */
  readonly from: number;
  readonly until: number;
}

/**
 * Of a certificate that one of the authorities signed for an agent; undefined for any other. Whether it is good now is not
 * asked here: that is a matter of the time, and of what was revoked.
 */
export function readAgentCertificate(
  certificate: X509Certificate,
  authorities: readonly X509Certificate[],
): AgentCertificate | undefined {
  if (certificate.ca || certificate.keyUsage?.join() !== CLIENT_AUTH) return undefined;
  const name = `URI:${AGENT_URI}`;
  const { subjectAltName = '' } = certificate;
  const agentId = subjectAltName.startsWith(name) ? subjectAltName.slice(name.length) : '';
  if (!isId(agentId) || !authorities.some((authority) => isIssuedBy(certificate, authority))) return undefined;
  return {
    agentId,
    serial: certificate.serialNumber.toLowerCase(),
    from: Date.parse(certificate.validFrom),
    until: Date.parse(certificate.validTo),
  };
}

const isIssuedBy = (certificate: X509Certificate, authority: X509Certificate) =>
  certificate.checkIssued(authority) && certificate.verify(authority.publicKey);
