import { z } from 'zod';
import { command, event, query, type EventOf } from '../contract';
import { Digest, Sealed } from '../identity/sealed';
import { Id, JsonObject, Time, Version, Word, text } from '../text';
import { AgentDetails, type AgentEvent } from './agent.events';

/** An agent's certificate, and the token that goes with it, live so long at most; a gateway's for its agents' port as well. */
export const CERTIFICATE_SECONDS = 24 * 60 * 60;
/** A certificate is renewed by the heartbeat when less than this is left. */
export const RENEW_WITHIN_SECONDS = 60 * 60;
/** The largest certificate signing request, in bytes of PEM. */
export const MAX_CSR_BYTES = 16 * 1024;
/** What stands before an agent's id in its certificate (URI in the subject alternative name). */
export const AGENT_URI = 'spiffe://agent-orchestration/agent/';

/** 128 bits with the first two fixed to 01, so that it is as long everywhere. Lower-case hex. */
export const CertificateSerial = z.string().regex(/^[4-7][0-9a-f]{31}$/);
const Pem = z.string().max(16 * 1024);

/** Host names (whose last label is not a number, as in an address) and addresses that a gateway's certificate is for. */
const HostName = z.union([
  z.ipv4(),
  z.ipv6(),
  z
    .string()
    .max(253)
    .regex(/^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[0-9]{0,20}[a-z]([a-z0-9-]{0,40}[a-z0-9])?$/i),
]);
export const HostNames = z.array(HostName).min(1).max(20);

/**
 * An authority that signs agents' certificates: stream `agentca-<derivedId('agent-ca', number)>`. The first is number 1, the
 * successor of each has the next number.
 */
export const agentCaEvents = {
  AgentCaCreated: event(
    'agentca',
    'AgentCaCreated',
    1,
    z.object({
      ca_id: Id,
      certificate: Pem,
      /** PKCS#8, sealed under the registry's own `installation`. */
      private_key: Sealed,
      created_at: Time,
      expires_at: Time,
    }),
  ),
} as const;
export type AgentCaEvent = EventOf<typeof agentCaEvents>;

/** What a gateway shows the agents that connect to it: stream `gatewaycertificate-<derivedId('gateway-certificate', serial)>`. */
export const gatewayCertificateEvents = {
  GatewayCertificateIssued: event(
    'gatewaycertificate',
    'GatewayCertificateIssued',
    1,
    z.object({
      serial: CertificateSerial,
      /** Which authority signed it. */
      ca_id: Id,
      /** SHA-256 of the certificate. */
      fingerprint: Digest,
      names: HostNames,
      not_before: Time,
      expires_at: Time,
      at: Time,
    }),
  ),
} as const;
export type GatewayCertificateEvent = EventOf<typeof gatewayCertificateEvents>;

const CATEGORY = 'certificate';
export const RevocationReason = z.enum(['re_enrolled', 'agent_deregistered', 'revoked']);
export type RevocationReason = z.infer<typeof RevocationReason>;

/** The certificates of one agent: stream `certificate-<agent id>`. */
export const certificateEvents = {
  AgentCertificateIssued: event(
    CATEGORY,
    'AgentCertificateIssued',
    1,
    z.object({
      agent_id: Id,
      serial: CertificateSerial,
      /** SHA-256 of the certificate. */
      fingerprint: Digest,
      /** Public as it is: an answer that was lost is given again. */
      certificate: Pem,
      not_before: Time,
      expires_at: Time,
      at: Time,
    }),
  ),
  AgentCertificateRevoked: event(
    CATEGORY,
    'AgentCertificateRevoked',
    1,
    z.object({ agent_id: Id, serial: CertificateSerial, expires_at: Time, reason: RevocationReason, at: Time }),
  ),
} as const;
export type CertificateEvent = EventOf<typeof certificateEvents>;

export const AgentCertificate = z.object({
  serial: CertificateSerial,
  fingerprint: Digest,
  not_before: Time,
  expires_at: Time,
  revoked_at: Time.nullable(),
  reason: RevocationReason.nullable(),
});
export type AgentCertificate = z.infer<typeof AgentCertificate>;

/** What readers keep of an agent's certificates; those that had expired when another was issued are left out. */
export const CertificatesDocument = z.object({
  agent_id: Id,
  certificates: z.array(AgentCertificate),
  deregistered_at: Time.nullable(),
});
export type CertificatesDocument = z.infer<typeof CertificatesDocument>;

/** Folds the agent's stream as well: with the agent all that it holds is worth nothing. Agents without any have no document. */
export function evolveCertificates(
  document: CertificatesDocument | undefined,
  event: CertificateEvent | AgentEvent,
): CertificatesDocument | undefined {
  if (event.type === 'AgentCertificateIssued') {
    const { agent_id, serial, fingerprint, not_before, expires_at, at } = event.data;
    const current = (document?.certificates ?? []).filter((known) => Date.parse(known.expires_at) > Date.parse(at));
    const issued = { serial, fingerprint, not_before, expires_at, revoked_at: null, reason: null };
    return { agent_id, certificates: [...current, issued], deregistered_at: document?.deregistered_at ?? null };
  }
  if (!document) return undefined;
  if (event.type === 'AgentCertificateRevoked') {
    const { serial, at, reason } = event.data;
    const certificates = document.certificates.map((known) =>
      known.serial === serial ? { ...known, revoked_at: at, reason } : known,
    );
    return { ...document, certificates };
  }
  if (event.type === 'AgentDeregistered') return { ...document, deregistered_at: event.data.at };
  return document;
}

/** An authority ends ten years after it was made, so there are few at a time. */
const CaBundle = z.string().max(256 * 1024);
const Csr = z.string().min(1).max(MAX_CSR_BYTES);

/** What an agent gets to prove who it is with. `key` only when it was made here. */
export const AgentCredentials = z.object({
  agent_id: Id,
  /** JWT; lives as long as the certificate. */
  token: z.string(),
  serial: CertificateSerial,
  certificate: Pem,
  key: Pem.optional(),
  /** The certificates of the authorities, as PEM, one after another. */
  ca: CaBundle,
  expires_at: Time,
});
export type AgentCredentials = z.infer<typeof AgentCredentials>;

/** Enrols a deployment agent by a registration token: a new one, or the one that the token is bound to. */
export const enrolAgent = command(
  'registry.enrol_agent',
  z.object({
    registration_token: z.string().max(1_024),
    name: text(200, 1),
    agent_type: Word,
    version: Version,
    capabilities: z.array(Word).max(1000),
    labels: AgentDetails.shape.labels,
    metadata: JsonObject,
    max_concurrent_tasks: z.int().min(1).max(10_000),
    heartbeat_interval_seconds: z.number().min(0.2).max(3600),
    /** PEM of a PKCS#10 request; without it the key is made here. */
    csr: Csr.optional(),
  }),
  AgentCredentials.extend({ heartbeat_interval_seconds: z.number() }),
);

/**
 * A new certificate for an agent that has one: for the key of `csr`, or without it for the key of the certificate it shows
 * (`serial`). A renewal without `csr` that was asked for before, and has most of its life left, is given again.
 */
export const renewCertificate = command(
  'registry.renew_certificate',
  z.object({ agent_id: Id, serial: CertificateSerial, csr: Csr.optional() }),
  AgentCredentials.omit({ key: true }),
);

/** A certificate by which agents know a gateway (serverAuth alone). Of the request only the key is taken. */
export const issueGatewayCertificate = command(
  'registry.issue_gateway_certificate',
  z.object({ csr: Csr, names: HostNames }),
  z.object({ serial: CertificateSerial, certificate: Pem, expires_at: Time }),
);

/** Makes the authority's successor, which signs from now on; what is signed already stays good until it expires. */
export const rotateAgentCa = command(
  'registry.rotate_agent_ca',
  z.object({}),
  z.object({ ca_id: Id, expires_at: Time }),
);

/** The certificates of the authorities that have not ended, as PEM, one after another. */
export const agentCaBundle = query('registry.agent_ca_bundle', z.object({}), z.object({ bundle: CaBundle }));

/** The authority's list of revoked certificates (RFC 5280 section 5), DER in base64. */
export const certificateRevocationList = query(
  'registry.certificate_revocation_list',
  z.object({}),
  z.object({ crl: z.string() }),
);
