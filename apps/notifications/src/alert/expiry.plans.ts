import type { CertificatesDocument, SecretDocument, Severity } from '@ao/contracts';
import { addMilliseconds } from '@ao/kernel';
import type { AlertPlan, Step } from './alert.plan';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** So long before a secret expires it is told; what was meant to live no longer than that is not told so early. */
const SECRET_LEADS: readonly { readonly lead: number; readonly severity: Severity }[] = [
  { lead: 14 * DAY, severity: 'info' },
  { lead: 3 * DAY, severity: 'warning' },
];

export function secretPlan(secret_id: string, secret: SecretDocument | undefined): AlertPlan {
  const about = { kind: 'secret_expiring', source: secret_id } as const;
  if (!secret?.expires_at) return { ...about, details: {}, steps: [] };
  const { name, expires_at } = secret;
  const valued = Date.parse(secret.rotated_at ?? secret.created_at);
  const leads = SECRET_LEADS.filter(({ lead }) => Date.parse(expires_at) - lead > valued);
  const steps: Step[] = leads.map(({ lead, severity }) => ({ at: addMilliseconds(expires_at, -lead), severity }));
  return { ...about, details: { name, expires_at }, steps: [...steps, { at: expires_at, severity: 'critical' }] };
}

/**
 * An agent's certificate is renewed by its heartbeats in the last hour, or the last half of a short life; half of that is
 * over. It is no warning: many agents may be switched off at the same time.
 */
export function certificatePlan(agent_id: string, document: CertificatesDocument | undefined): AlertPlan {
  const about = { kind: 'certificate_expiring', source: agent_id } as const;
  const newest = document?.deregistered_at === null ? newestOf(document) : undefined;
  if (!newest || newest.revoked_at !== null) return { ...about, details: {}, steps: [] };
  const { not_before, expires_at } = newest;
  const left = Math.min(30 * MINUTE, lifeOf(newest) / 4);
  const steps: Step[] = [{ at: addMilliseconds(expires_at, -left), severity: 'info' }];
  return { ...about, details: { of: 'agent', agent_id, not_before, expires_at }, steps };
}

function newestOf({ certificates }: CertificatesDocument): CertificatesDocument['certificates'][number] | undefined {
  return certificates.toSorted((one, other) => Date.parse(one.expires_at) - Date.parse(other.expires_at)).at(-1);
}

/** How long something is good. */
export interface Validity {
  readonly not_before: string;
  readonly expires_at: string;
}

const lifeOf = ({ not_before, expires_at }: Validity) => Date.parse(expires_at) - Date.parse(not_before);

/** In its last year an authority gets its successor by itself: if there is none half a year later, something is wrong. */
export function authorityPlan(authority: Validity | undefined): AlertPlan {
  const about = { kind: 'certificate_expiring', source: 'agent-ca' } as const;
  if (!authority) return { ...about, details: {}, steps: [] };
  const { expires_at } = authority;
  const steps: Step[] = [
    { at: addMilliseconds(expires_at, -180 * DAY), severity: 'warning' },
    { at: addMilliseconds(expires_at, -30 * DAY), severity: 'critical' },
  ];
  return { ...about, details: { of: 'agent-ca', expires_at }, steps };
}

/**
 * Each gateway renews its own when a third of its life is left; which gateways there still are the log does not say, so only
 * the newest certificate of all counts. One that nobody has renewed for as long again as it lived is nobody's any more.
 */
export function gatewayPlan(newest: Validity | undefined): AlertPlan {
  const about = { kind: 'certificate_expiring', source: 'gateway' } as const;
  if (!newest) return { ...about, details: {}, steps: [] };
  const { expires_at } = newest;
  const steps: Step[] = [
    { at: addMilliseconds(expires_at, -lifeOf(newest) / 6), severity: 'warning' },
    { at: expires_at, severity: 'critical' },
    { at: addMilliseconds(expires_at, lifeOf(newest)), severity: null },
  ];
  return { ...about, details: { of: 'gateway', expires_at }, steps };
}
