import { certificateEvents, type CertificateEvent, type CertificatesDocument } from '@ao/contracts';
import type { EventReader } from '@ao/event-log';
import { streamId } from '@ao/kernel';
import type { Pool } from 'pg';

const FIND = 'select document from read_models.certificates where id = $1';

/**
 * Whether the log has that this agent was given this certificate: whoever stole the authority's key can sign others, but not
 * write them there. From the read model, and for what that does not have yet from the agent's own stream. Asked for
 * certificates with a good signature only, so strangers cannot make it work.
 */
export async function wasIssued(
  from: { readonly pool: Pick<Pool, 'query'>; readonly log: Pick<EventReader, 'readStream'> },
  agentId: string,
  serial: string,
): Promise<boolean> {
  const { rows } = await from.pool.query<{ document: CertificatesDocument }>(FIND, [agentId]);
  if (rows[0]?.document.certificates.some((known) => known.serial === serial)) return true;
  const { category, type } = certificateEvents.AgentCertificateIssued;
  const events = await from.log.readStream(streamId(category, agentId));
  return events.some((event) => event.type === type && (event.data as CertificateEvent['data']).serial === serial);
}
