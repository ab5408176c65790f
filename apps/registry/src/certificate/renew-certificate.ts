import { X509Certificate } from 'node:crypto';
import type { DataOf, renewCertificate } from '@ao/contracts';
import { isoTime, isRejection, reject, type CommandMetadata, type Rejection } from '@ao/kernel';
import { done, type Answer } from '@ao/messaging';
import { spkiOf } from '@ao/x509';
import { certificateAggregate, liveAt, notLive, renewedBefore, type LiveCertificate } from './certificate.decider';
import { agentToken, requestedKey, type EnrolmentDependencies } from './enrol-agent';

/** A further certificate for an agent, besides the one that it shows and that goes on until it expires. */
export async function runRenewCertificate(
  { shell, clock, authority, bundle, commands }: EnrolmentDependencies,
  data: DataOf<typeof renewCertificate>,
  metadata: CommandMetadata,
): Answer<typeof renewCertificate> {
  const { agent_id, serial: shown, csr } = data;
  const known = await shell.state(certificateAggregate, agent_id, { fresh: true });
  const live = liveAt(known.state, isoTime(clock.now()));
  const own = live.find(({ serial }) => serial === shown);
  if (!own) return notLive(agent_id);
  const key = csr === undefined ? new X509Certificate(own.certificate).publicKey : requestedKey(csr, agent_id);
  if (isRejection(key)) return key;

  const spki = spkiOf(key);
  const sameKey = (certificate: string) => spkiOf(new X509Certificate(certificate).publicKey).equals(spki);
  const before = csr === undefined ? renewedBefore(live, shown, sameKey, clock.now()) : undefined;
  const answered = async (issued: LiveCertificate, position?: () => Promise<number | Rejection>) => {
    const { serial, certificate, expires_at } = issued;
    const token = await agentToken(commands, agent_id, issued, metadata);
    if (isRejection(token)) return token;
    const at = await position?.();
    if (isRejection(at)) return at;
    return done({ agent_id, token, serial, certificate, ca: bundle, expires_at }, at);
  };
  if (before) return answered(before);

  const issued = authority.issue(agent_id, key);
  // The token first: an identity that is away leaves nothing behind.
  return answered(issued, async () => {
    const renewed = await shell.run(
      certificateAggregate,
      agent_id,
      { type: 'IssueCertificate', data: { ...issued, agent_id, shown }, metadata },
      { payload: data },
    );
    if (isRejection(renewed)) return renewed;
    if ((renewed.result as { serial: string }).serial === issued.serial) return renewed.position;
    return reject(
      'conflict',
      'secret_already_shown',
      `Expected to renew the certificate of agent '${agent_id}', but this command has done so before`,
    );
  });
}
