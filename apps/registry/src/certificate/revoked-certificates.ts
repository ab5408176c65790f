import type { CertificateEvent, RevocationReason } from '@ao/contracts';
import type { OwnedSubscription, RecordedEvent } from '@ao/event-log';
import type { Revoked } from '@ao/x509';
import type { Pool } from 'pg';

const ADD = `
  insert into registry.revoked_certificates (serial, agent_id, revoked_at, expires_at, reason)
  values ($1, $2, $3, $4, $5) on conflict do nothing`;
const FORGET = `delete from registry.revoked_certificates where expires_at < clock_timestamp() - interval '1 hour'`;
const LIST = `
  select serial, revoked_at, reason from registry.revoked_certificates
   where expires_at > clock_timestamp() order by revoked_at, serial`;

/** RFC 5280 section 5.3.1: unspecified, superseded, cessationOfOperation. */
const REASON_CODES: Readonly<Record<RevocationReason, number>> = {
  revoked: 0,
  re_enrolled: 4,
  agent_deregistered: 5,
};

/** Keeps what the revocation list names. */
export const followRevokedCertificates: OwnedSubscription = {
  name: 'revoked-certificates',
  categories: ['certificate'],
  async handle(events, transaction) {
    let revoked = 0;
    for (const event of events) {
      const { type, data } = event as RecordedEvent & CertificateEvent;
      if (type !== 'AgentCertificateRevoked') continue;
      revoked += 1;
      await transaction.query(ADD, [data.serial, data.agent_id, data.at, data.expires_at, data.reason]);
    }
    if (revoked > 0) await transaction.query(FORGET);
  },
};

/** Those that have not expired; the others need no revocation any more. */
export async function revokedCertificates(pool: Pick<Pool, 'query'>): Promise<Revoked[]> {
  const { rows } = await pool.query<{ serial: string; revoked_at: Date; reason: RevocationReason }>(LIST);
  return rows.map(({ serial, revoked_at, reason }) => ({
    serial,
    at: revoked_at.getTime(),
    reason: REASON_CODES[reason],
  }));
}
