import { generateKeyPairSync, X509Certificate, type KeyObject } from 'node:crypto';
import { AGENT_URI } from '@ao/contracts';
import { agentCertificate, authorityCertificate, newSerial, serverCertificate, toPem, type Issuer } from '@ao/x509';

export interface MadeCertificate {
  readonly certificate: X509Certificate;
  readonly pem: string;
  readonly serial: string;
  readonly privateKey: KeyObject;
}

const DAY_MS = 86_400_000;
const keys = () => generateKeyPairSync('ec', { namedCurve: 'prime256v1' });

/** An authority of a test's own. */
export function authorityOf(name: string, now = Date.now()) {
  const own = keys();
  const issuer: Issuer = { name, ...own };
  const made = (der: Buffer, serial: string, privateKey: KeyObject): MadeCertificate => {
    const pem = toPem('CERTIFICATE', der);
    return { certificate: new X509Certificate(pem), pem, serial, privateKey };
  };
  const issued = (
    { publicKey, privateKey }: ReturnType<typeof keys>,
    lifetimeMs: number,
    write: typeof agentCertificate | typeof serverCertificate,
    subject: object,
  ) => {
    const serial = newSerial();
    const validity = { notBefore: now - 1_000, notAfter: now + lifetimeMs };
    return made(write(issuer, { publicKey, ...subject } as never, serial, validity), serial, privateKey);
  };
  const serial = newSerial();
  const validity = { notBefore: now - DAY_MS, notAfter: now + 3650 * DAY_MS };
  return {
    ...made(authorityCertificate(issuer, serial, validity), serial, own.privateKey),
    /** `uri`: default as an agent's is. */
    forAgent: (agentId: string, { lifetimeMs = DAY_MS, uri = `${AGENT_URI}${agentId}` } = {}) =>
      issued(keys(), lifetimeMs, agentCertificate, { agentId, uri }),
    forServer: (...names: string[]) => issued(keys(), DAY_MS, serverCertificate, { subject: 'server', names }),
    /** For a key that somebody else has. */
    forRequest: (publicKey: KeyObject, lifetimeMs: number, ...names: string[]) =>
      issued({ publicKey, privateKey: own.privateKey }, lifetimeMs, serverCertificate, { subject: 'server', names }),
  };
}
