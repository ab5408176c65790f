import { allEvents, eventUpcasters, type WebhookTerms } from '@ao/contracts';
import {
  createCommandShell,
  createEventLog,
  createPool,
  createSubscriptions,
  defineUpcasters,
  type EventLog,
  type OwnedSubscription,
} from '@ao/event-log';
import { derivedId, isRejection, newId } from '@ao/kernel';
import { createOutbound, newSigningSecret, type Outbound } from '@ao/outbound';
import { append, testMetadata } from '@ao/testing';
import type { Pool } from 'pg';
import { Registry } from 'prom-client';
import { createDeliveries, type DeliveriesPart } from '../src/delivery/deliveries';
import type { EngineLimits } from '../src/delivery/delivery-engine';
import { createWebhookFanOut } from '../src/fan-out/webhook-fan-out';
import { webhookAggregate, type WebhookCommand } from '../src/webhook/webhook.decider';

export const SECRET = newSigningSecret();

export interface ReplicaOptions {
  readonly databaseUrl: string;
  readonly limits?: Partial<EngineLimits>;
  /** Of the exchange with a receiver. */
  readonly timeoutMs?: number;
  readonly disableAfterHours?: number;
  /** What a crash test puts itself between. */
  readonly wrapPool?: (pool: Pool) => Pool;
  readonly wrapOutbound?: (outbound: Outbound) => Outbound;
  readonly wrapSubscription?: (subscription: OwnedSubscription) => OwnedSubscription;
  readonly secrets?: () => Promise<string[]>;
}

/** The delivery engine and the fan-out of one replica, on a real Postgres; the vault alone is played. */
export interface Replica {
  readonly log: EventLog;
  readonly pool: Pool;
  readonly metrics: Registry;
  readonly deliveries: DeliveriesPart;
  run(webhookId: string, command: Pick<WebhookCommand, 'type' | 'data'>): Promise<void>;
  /** A webhook's id. */
  webhook(terms: Partial<WebhookTerms> & { url: string }): Promise<string>;
  /** Events of an agent's that everybody outside hears of (`agent.status`); their positions. */
  happen(count?: number, agentId?: string): Promise<number[]>;
  /** Everything in the log has become deliveries. */
  caughtUp(): Promise<void>;
  stop(): Promise<void>;
}

export async function startReplica(options: ReplicaOptions): Promise<Replica> {
  const plain = createPool(options.databaseUrl, { applicationName: `replica-${process.pid}`, max: 8 });
  const pool = options.wrapPool?.(plain) ?? plain;
  const upcasters = defineUpcasters(eventUpcasters, allEvents);
  const log = createEventLog({ pool: plain, upcasters });
  await log.ready();
  const shell = createCommandShell(log);
  const subscriptions = createSubscriptions({ pool, log, schema: 'notifications', upcasters, pollIntervalMs: 50 });
  const metrics = new Registry();
  const logger = { info: () => undefined, warn: () => undefined } as never;
  const config = {
    ...{ ALLOW_PRIVATE_WEBHOOKS: true, DELIVERY_RETENTION_DAYS: 30 },
    WEBHOOK_DISABLE_AFTER_HOURS: options.disableAfterHours ?? 120,
  };
  const shared = { pool, log, shell, clock: log.clock, metrics, logger, config };
  const deliveries = createDeliveries(shared, { pollMs: 100, ...options.limits });
  const outbound = createOutbound({ allowPrivate: true, timeoutMs: options.timeoutMs ?? 5_000 });
  const fanOut = createWebhookFanOut({
    ...{ ...shared, deliveries, outbound: options.wrapOutbound?.(outbound) ?? outbound },
    judgeMs: 200,
    secrets: { signingAt: options.secrets ?? (() => Promise.resolve([SECRET])) },
  });
  await deliveries.start();
  const [subscription] = fanOut.subscriptions!;
  const running = await subscriptions.owned(options.wrapSubscription?.(subscription!) ?? subscription!);

  const run: Replica['run'] = async (webhookId, command) => {
    const result = await shell.run(webhookAggregate, webhookId, { ...command, metadata: testMetadata() });
    if (isRejection(result)) throw new Error(result.message);
  };
  return {
    ...{ log, pool: plain, metrics, deliveries, run },
    async webhook({ url, ...terms }) {
      const webhook_id = newId();
      const defaults = { events: ['*'], description: '', filter: null, enabled: true };
      const secret = { secret_id: newId(), secret_version: 1, attempt_id: newId(), position: await log.head() };
      await run(webhook_id, { type: 'CreateWebhook', data: { webhook_id, url, ...defaults, ...terms, ...secret } });
      return webhook_id;
    },
    happen: (count = 1, agentId = newId()) => happen(log, count, agentId),
    async caughtUp() {
      await running.reached(await log.head(), 30_000);
    },
    async stop() {
      await running.stop();
      await subscriptions.stop();
      await fanOut.stop?.();
      await log.close();
      await plain.end();
    },
  };
}

/** Appends that many events of an agent in one unit. */
export async function happen(log: EventLog, count: number, agentId: string): Promise<number[]> {
  const at = '2026-01-01T00:00:00.000Z';
  const event = {
    type: 'AgentMarkedBusy',
    schema_version: allEvents.AgentMarkedBusy.schemaVersion,
    data: { agent_id: agentId, at },
  };
  const last = await append(log, `agent-${agentId}`, ...Array.from({ length: count }, () => event));
  return Array.from({ length: count }, (_, n) => last - count + 1 + n);
}

/** The id that the delivery of an event to a webhook has. */
export const deliveryId = (webhookId: string, position: number) => derivedId('delivery', webhookId, position);
