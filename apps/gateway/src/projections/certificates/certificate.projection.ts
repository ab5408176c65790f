import { evolveCertificates, type AgentEvent, type CertificateEvent, type CertificatesDocument } from '@ao/contracts';
import type { RecordedEvent } from '@ao/event-log';
import { idOf } from '@ao/kernel';
import type { Projection } from '@ao/projections';

export const CERTIFICATES = 'certificates';

/** One row per agent that ever had a certificate: its stream of certificates and its own end in its id. */
export const certificateProjection: Projection<CertificatesDocument> = {
  name: CERTIFICATES,
  version: 1,
  categories: ['certificate', 'agent'],
  table: 'read_models.certificates',
  // Of an agent only its end counts: its other events would be read for nothing.
  key: (event) =>
    event.category === 'certificate' || event.type === 'AgentDeregistered' ? idOf(event.stream_id) : undefined,
  evolve: (document, event) => evolveCertificates(document, event as RecordedEvent & (CertificateEvent | AgentEvent)),
  columns: (document) => ({ dead_until: deadUntil(document) }),
};

/** Until when one of them would be good if it had not been revoked, or the agent were there. */
function deadUntil({ certificates, deregistered_at }: CertificatesDocument): string | null {
  const dead = certificates.filter(({ revoked_at }) => revoked_at !== null || deregistered_at !== null);
  return (
    dead
      .map(({ expires_at }) => expires_at)
      .sort()
      .at(-1) ?? null
  );
}
