import {
  evolveBudget,
  evolveCertificates,
  evolveChannel,
  evolveSecret,
  evolveWebhook,
  type AgentCaEvent,
  type BudgetDocument,
  type BudgetEvent,
  type CertificateEvent,
  type CertificatesDocument,
  type ChannelDocument,
  type ChannelEvent,
  type GatewayCertificateEvent,
  type SecretDocument,
  type SecretEvent,
  type WebhookDocument,
  type WebhookEvent,
} from '@ao/contracts';
import type { RecordedEvent } from '@ao/event-log';
import { idOf } from '@ao/kernel';
import type { AlertPlan } from './alert.plan';
import { authorityPlan, certificatePlan, gatewayPlan, secretPlan, type Validity } from './expiry.plans';
import { budgetPlan, channelPlan, webhookPlans } from './trouble.plans';

/** How the events of a category become what is known of one thing, and that the alerts there are to be. */
interface Watched<Document extends object> {
  /** One thing per stream, unless this says otherwise. */
  readonly single?: true;
  evolve(document: Document | undefined, event: RecordedEvent): Document | undefined;
  plans(id: string, document: Document | undefined): readonly AlertPlan[];
}

const watched = <Document extends object>(definition: Watched<Document>) => definition as unknown as Watched<object>;

const WATCHED: Readonly<Record<string, Watched<object>>> = {
  secret: watched<SecretDocument>({
    evolve: (document, event) => evolveSecret(document, event as RecordedEvent & SecretEvent),
    plans: (id, document) => [secretPlan(id, document)],
  }),
  certificate: watched<CertificatesDocument>({
    evolve: (document, event) => evolveCertificates(document, event as RecordedEvent & CertificateEvent),
    plans: (id, document) => [certificatePlan(id, document)],
  }),
  agentca: watched<Validity>({
    single: true,
    evolve(newest, event) {
      const { created_at, expires_at } = (event as RecordedEvent & AgentCaEvent).data;
      return later(newest, { not_before: created_at, expires_at });
    },
    plans: (_id, newest) => [authorityPlan(newest)],
  }),
  gatewaycertificate: watched<Validity>({
    single: true,
    evolve(newest, event) {
      const { not_before, expires_at } = (event as RecordedEvent & GatewayCertificateEvent).data;
      return later(newest, { not_before, expires_at });
    },
    plans: (_id, newest) => [gatewayPlan(newest)],
  }),
  budget: watched<BudgetDocument>({
    evolve: (document, event) => evolveBudget(document, event as RecordedEvent & BudgetEvent),
    plans: (id, document) => [budgetPlan(id, document)],
  }),
  webhook: watched<WebhookDocument>({
    evolve: (document, event) => evolveWebhook(document, event as RecordedEvent & WebhookEvent),
    plans: webhookPlans,
  }),
  channel: watched<ChannelDocument>({
    evolve: (document, event) => evolveChannel(document, event as RecordedEvent & ChannelEvent),
    plans: (id, document) => [channelPlan(id, document)],
  }),
};

export const WATCHED_CATEGORIES: readonly string[] = Object.keys(WATCHED);

function later(one: Validity | undefined, other: Validity): Validity {
  return one && Date.parse(one.expires_at) >= Date.parse(other.expires_at) ? one : other;
}

/** What an event is about, as it is kept; undefined: nothing that is watched. */
export function subjectOf({ category, stream_id }: Pick<RecordedEvent, 'category' | 'stream_id'>): string | undefined {
  const definition = Object.hasOwn(WATCHED, category) ? WATCHED[category] : undefined;
  return definition && (definition.single ? category : stream_id);
}

const definitionOf = (subject: string) => WATCHED[subject.split('-', 1)[0]!]!;

export function evolveSubject(subject: string, document: object | undefined, event: RecordedEvent): object | undefined {
  return definitionOf(subject).evolve(document, event);
}

/** The alerts that there are to be of it; of one that is gone, which there must not be any more. Pure. */
export function plansOf(subject: string, document: object | undefined): readonly AlertPlan[] {
  return definitionOf(subject).plans(idOf(subject), document);
}
