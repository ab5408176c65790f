import { createHash, generateKeyPairSync, X509Certificate, type KeyObject } from 'node:crypto';
import { AGENT_URI, CERTIFICATE_SECONDS } from '@ao/contracts';
import { isoTime, type Clock } from '@ao/kernel';
import {
  agentCertificate,
  authorityCertificate,
  type Issuer,
  newSerial,
  revocationList,
  type Revoked,
  serverCertificate,
  toPem,
} from '@ao/x509';

const CA_NAME = 'agent-orchestration agents';
const GATEWAY_NAME = 'agent-orchestration gateway';
const CA_YEARS = 10;
const YEAR_MS = 365 * 24 * 3_600_000;
/** An agent's clock may be behind: its certificate holds from a little before it was made. */
const BACKDATED_MS = 5 * 60_000;
/** How long a revocation list may be kept. */
const LIST_LIFE_MS = 3_600_000;

export interface IssuedCertificate {
  readonly serial: string;
  /** SHA-256 of the DER, hex. */
  readonly fingerprint: string;
  /** PEM. */
  readonly certificate: string;
  readonly not_before: string;
  readonly expires_at: string;
}

/** Signs what agents prove themselves with, and what they know their gateways by. */
export interface Authority {
  /** PEM. */
  readonly certificate: string;
  issue(agentId: string, publicKey: KeyObject): IssuedCertificate;
  /** `names`: host names and addresses. */
  issueForGateway(names: readonly string[], publicKey: KeyObject): IssuedCertificate;
  /** DER. */
  revocationList(revoked: readonly Revoked[]): Buffer;
}

/** @param lifetimeSeconds of what it issues; never beyond its own end */
export function authority(
  certificate: string,
  privateKey: KeyObject,
  clock: Clock,
  lifetimeSeconds = CERTIFICATE_SECONDS,
): Authority {
  const own = new X509Certificate(certificate);
  const end = Date.parse(own.validTo);
  const issuer: Issuer = { name: CA_NAME, publicKey: own.publicKey, privateKey };
  const issued = (
    write: (serial: string, validity: { notBefore: number; notAfter: number }) => Buffer,
  ): IssuedCertificate => {
    const now = clock.now();
    const notBefore = wholeSecond(now - BACKDATED_MS);
    const notAfter = Math.min(wholeSecond(now + lifetimeSeconds * 1000), end);
    const serial = newSerial();
    const der = write(serial, { notBefore, notAfter });
    return {
      serial,
      fingerprint: createHash('sha256').update(der).digest('hex'),
      certificate: toPem('CERTIFICATE', der),
      not_before: isoTime(notBefore),
      expires_at: isoTime(notAfter),
    };
  };
  return {
    certificate,
    issue: (agentId, publicKey) =>
      issued((serial, validity) =>
        agentCertificate(issuer, { agentId, uri: `${AGENT_URI}${agentId}`, publicKey }, serial, validity),
      ),
    issueForGateway: (names, publicKey) =>
      issued((serial, validity) =>
        serverCertificate(issuer, { subject: GATEWAY_NAME, names, publicKey }, serial, validity),
      ),
    revocationList(revoked) {
      const from = clock.now();
      return revocationList(issuer, revoked, { number: Math.floor(from), from, until: from + LIST_LIFE_MS });
    },
  };
}

/** A new authority's certificate and key. */
export function newAuthority(now: number): { certificate: string; privateKey: KeyObject; expiresAt: number } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const expiresAt = wholeSecond(now + CA_YEARS * YEAR_MS);
  const der = authorityCertificate({ name: CA_NAME, publicKey, privateKey }, newSerial(), {
    notBefore: wholeSecond(now - BACKDATED_MS),
    notAfter: expiresAt,
  });
  return { certificate: toPem('CERTIFICATE', der), privateKey, expiresAt };
}

const wholeSecond = (unixMs: number) => Math.floor(unixMs / 1000) * 1000;
