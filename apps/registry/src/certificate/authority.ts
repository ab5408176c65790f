import { createHash, createPrivateKey, generateKeyPairSync, X509Certificate, type KeyObject } from 'node:crypto';
import { AGENT_URI, CERTIFICATE_SECONDS, INSTALLATION } from '@ao/contracts';
import type { CommandShell } from '@ao/event-log';
import { isoTime, isRejection, newId, type Clock } from '@ao/kernel';
import type { Sealer } from '@ao/sealing';
import { AGENT_CA_ID, agentCaAggregate } from './agent-ca.aggregate';
import { toPem } from './pem';
import { agentCertificate, authorityCertificate, newSerial, revocationList, type Issuer, type Revoked } from './x509';

const CA_NAME = 'agent-orchestration agents';
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

/** Signs what agents prove themselves with. */
export interface Authority {
  /** PEM. */
  readonly certificate: string;
  issue(agentId: string, publicKey: KeyObject): IssuedCertificate;
  /** DER. */
  revocationList(revoked: readonly Revoked[]): Buffer;
}

/** The authority of this installation as the log has it; made by the first replica that needs it. */
export async function openAuthority(shell: CommandShell, sealer: Sealer, clock: Clock): Promise<Authority> {
  let { state } = await shell.state(agentCaAggregate, AGENT_CA_ID, { fresh: true });
  if (!state) {
    await createAuthority(shell, sealer, clock);
    ({ state } = await shell.state(agentCaAggregate, AGENT_CA_ID, { fresh: true }));
  }
  if (!state) throw new Error('the certificate authority was made and is not there');
  const pkcs8 = await sealer.open(state.private_key, 'agent_ca');
  if (pkcs8 === null) throw new Error('the key of the certificate authority cannot be opened any more');
  return authority(state.certificate, fromPkcs8(pkcs8), clock);
}

export function authority(certificate: string, privateKey: KeyObject, clock: Clock): Authority {
  const own = new X509Certificate(certificate);
  const issuer: Issuer = { name: CA_NAME, publicKey: own.publicKey, privateKey };
  return {
    certificate,
    issue(agentId, publicKey) {
      const now = clock.now();
      const notBefore = wholeSecond(now - BACKDATED_MS);
      const notAfter = wholeSecond(now + CERTIFICATE_SECONDS * 1000);
      const serial = newSerial();
      const agent = { agentId, uri: `${AGENT_URI}${agentId}`, publicKey };
      const der = agentCertificate(issuer, agent, serial, { notBefore, notAfter });
      return {
        serial,
        fingerprint: createHash('sha256').update(der).digest('hex'),
        certificate: toPem('CERTIFICATE', der),
        not_before: isoTime(notBefore),
        expires_at: isoTime(notAfter),
      };
    },
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

async function createAuthority(shell: CommandShell, sealer: Sealer, clock: Clock): Promise<void> {
  const { certificate, privateKey, expiresAt } = newAuthority(clock.now());
  const pkcs8 = privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64');
  const data = {
    ca_id: AGENT_CA_ID,
    certificate,
    private_key: await sealer.seal(INSTALLATION, 'agent_ca', pkcs8),
    expires_at: isoTime(expiresAt),
  };
  const command_id = newId();
  const metadata = {
    command_id,
    actor: { type: 'system' as const, id: 'registry' },
    correlation_id: command_id,
    causation_id: command_id,
  };
  const result = await shell.run(
    agentCaAggregate,
    AGENT_CA_ID,
    { type: 'CreateAgentCa', data, metadata },
    // What was made up here is no part of what was asked for.
    { payload: {} },
  );
  if (isRejection(result)) throw new Error(result.message);
}

const fromPkcs8 = (base64: string) =>
  createPrivateKey({ key: Buffer.from(base64, 'base64'), format: 'der', type: 'pkcs8' });

const wholeSecond = (unixMs: number) => Math.floor(unixMs / 1000) * 1000;
