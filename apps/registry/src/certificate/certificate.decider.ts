import {
  certificateEvents,
  RENEW_WITHIN_SECONDS,
  schemaVersionsOf,
  type CertificateEvent,
  type RevocationReason,
} from '@ao/contracts';
import type { Aggregate, StreamAppend } from '@ao/event-log';
import { accept, assertNever, reject, streamId, type Command, type Decider, type Decision } from '@ao/kernel';

type Issued = Extract<CertificateEvent, { type: 'AgentCertificateIssued' }>['data'];

/** A certificate that has not been revoked and had not expired when the newest was issued. */
export type LiveCertificate = Pick<Issued, 'serial' | 'certificate' | 'not_before' | 'expires_at'>;

/** Oldest first. */
export type CertificateState = readonly LiveCertificate[];

/** Beside the certificate that is shown, for one that a renewal made. */
export type IssueCertificate = Command<
  'IssueCertificate',
  Omit<Issued, 'at'> & { /** Which certificate asks. */ readonly shown: string }
>;
export type RevokeCertificates = Command<
  'RevokeCertificates',
  { readonly agent_id: string; readonly reason: RevocationReason }
>;
export type CertificateCommand = IssueCertificate | RevokeCertificates;

export const certificateDecider: Decider<CertificateState, CertificateCommand, CertificateEvent> = {
  initialState: () => [],
  evolve(live, event) {
    switch (event.type) {
      case 'AgentCertificateIssued': {
        const { serial, certificate, not_before, expires_at, at } = event.data;
        return [...liveAt(live, at), { serial, certificate, not_before, expires_at }];
      }
      case 'AgentCertificateRevoked':
        return live.filter(({ serial }) => serial !== event.data.serial);
      default:
        return live;
    }
  },
  decide(command, live): Decision<CertificateEvent> {
    const at = command.metadata.time;
    switch (command.type) {
      case 'IssueCertificate': {
        const { shown, ...data } = command.data;
        if (!liveAt(live, at).some(({ serial }) => serial === shown)) return notLive(data.agent_id);
        return accept([{ type: 'AgentCertificateIssued', data: { ...data, at } }], { serial: data.serial });
      }
      case 'RevokeCertificates':
        return accept(revocations(live, command.data.agent_id, command.data.reason, at));
      default:
        return assertNever(command);
    }
  },
};

/** Stream `certificate-<agent id>`. */
export const certificateAggregate: Aggregate<CertificateState, CertificateCommand, CertificateEvent> = {
  category: 'certificate',
  decider: certificateDecider,
  schemaVersions: schemaVersionsOf(certificateEvents),
};

/** The refusal for whoever shows a certificate that was revoked or has expired. */
export function notLive(agentId: string) {
  return reject(
    'unauthenticated',
    'certificate_not_valid',
    `Expected to renew the certificate of agent '${agentId}', but the one it shows is not valid any more`,
  );
}

export const liveAt = (live: CertificateState, at: string): CertificateState =>
  live.filter(({ expires_at }) => Date.parse(expires_at) > Date.parse(at));

function revocations(
  live: CertificateState,
  agent_id: string,
  reason: RevocationReason,
  at: string,
): CertificateEvent[] {
  return liveAt(live, at).map(({ serial, expires_at }) => ({
    type: 'AgentCertificateRevoked',
    data: { agent_id, serial, expires_at, reason, at },
  }));
}

/** What an earlier renewal for the same key made, while it is not to be renewed itself: an answer that was lost. */
export function renewedBefore(
  live: CertificateState,
  shown: string,
  sameKey: (certificate: string) => boolean,
  now: number,
): LiveCertificate | undefined {
  const newest = live.at(-1);
  if (!newest || newest.serial === shown || !sameKey(newest.certificate)) return undefined;
  const [from, until] = [newest.not_before, newest.expires_at].map((time) => Date.parse(time)) as [number, number];
  // One that lives for less than two hours is in its last one from the beginning, or soon.
  const least = Math.min(RENEW_WITHIN_SECONDS * 1000, (until - from) / 2);
  return until - now > least ? newest : undefined;
}

/** The part of an enrolment's unit that gives the agent this certificate and takes those it had. */
export function replaceCertificates(
  { state, version }: { readonly state: CertificateState; readonly version: number },
  issued: Issued,
): StreamAppend {
  const { category, type } = certificateEvents.AgentCertificateIssued;
  const events: CertificateEvent[] = [
    ...revocations(state, issued.agent_id, 're_enrolled', issued.at),
    { type, data: issued },
  ];
  return {
    stream_id: streamId(category, issued.agent_id),
    expected_version: version,
    events: events.map((event) => ({
      type: event.type,
      schema_version: certificateEvents[event.type].schemaVersion,
      data: event.data,
    })),
  };
}
