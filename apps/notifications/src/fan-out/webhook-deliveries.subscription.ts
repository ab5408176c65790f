import {
  evolveWebhook,
  publicEventOf,
  type DeliveryTarget,
  type PublicEvent,
  type WebhookDocument,
  type WebhookEvent,
} from '@ao/contracts';
import type { EventBatch, OwnedSubscription, RecordedEvent } from '@ao/event-log';
import { derivedId } from '@ao/kernel';
import type { ClientBase } from 'pg';
import type { Deliveries, NewDelivery } from '../delivery/delivery.types';
import type { TargetTable } from '../delivery/target-table';
import { FilterErrors } from './filter-errors';
import { coverOf, deliveryTo, WEBHOOK_CATEGORIES, type Cover } from './webhook-match';
import { addReplays, readWebhooks, writeWebhooks, type NewReplay } from './webhook-table';
import { PUBLIC_EVENTS_REST_MS } from '@ao/platform';

export interface WebhookDeliveriesOptions {
  readonly deliveries: Pick<Deliveries, 'add' | 'nudge'>;
  readonly targets: Pick<TargetTable, 'hold' | 'release' | 'close'>;
  readonly filterFailed: (reason: string) => void;
}

/** Fewer than by default: each event may become many deliveries. */
const BATCH = 250;
/** What was missed while a webhook was disabled comes at this pace. */
const BACKFILL_PER_SECOND = 100;

interface Known {
  readonly webhook: WebhookDocument;
  readonly covers: Cover;
}
type Webhooks = Map<string, Known>;

/**
 * Keeps the table of webhooks, and adds a delivery for each event and each webhook that covers it when the event comes:
 * both in the log's order, so that a webhook hears of what comes after its creation, and of nothing while it is disabled.
 */
export function webhookDeliveriesSubscription(options: WebhookDeliveriesOptions): OwnedSubscription {
  const { deliveries, targets } = options;
  /** As the table has them; undefined: it must be read. Never what a transaction has written that may yet be rolled back. */
  let known: Webhooks | undefined;
  let uncommitted: Webhooks | undefined;
  let added = false;

  async function handle(events: EventBatch, transaction: ClientBase): Promise<void> {
    const changesThem = events.some(({ category }) => category === 'webhook');
    const webhooks = (changesThem ? undefined : known) ?? (await load(transaction));
    if (changesThem) known = undefined;
    uncommitted = changesThem ? undefined : webhooks;
    const effect = effectOf(events, webhooks, new FilterErrors(options.filterFailed));
    if (changesThem) await keepWebhooks(transaction, effect);
    await effect.filterErrors.write(transaction);
    if (effect.deliveries.length > 0) {
      await deliveries.add(transaction, effect.deliveries);
      added = true;
    }
  }

  async function load(transaction: ClientBase): Promise<Webhooks> {
    const found = await readWebhooks(transaction);
    return new Map(found.map((webhook) => [webhook.webhook_id, { webhook, covers: coverOf(webhook) }]));
  }

  async function keepWebhooks(transaction: ClientBase, effect: Effect): Promise<void> {
    const written: WebhookDocument[] = [];
    const deleted: string[] = [];
    for (const [id, { webhook, turned }] of effect.changed) {
      const target: DeliveryTarget = { kind: 'webhook', id };
      if (!webhook) {
        deleted.push(id);
        await targets.close(transaction, target);
        continue;
      }
      written.push(webhook);
      if (!webhook.enabled) await targets.hold(transaction, target);
      else if (turned) await targets.release(transaction, target);
    }
    await writeWebhooks(transaction, written, deleted);
    await addReplays(transaction, effect.replays);
    added = true;
  }

  const nobodyListens = () => known !== undefined && [...known.values()].every(({ webhook }) => !webhook.enabled);

  return {
    name: 'webhook-deliveries',
    categories: ['webhook', ...WEBHOOK_CATEGORIES],
    batchSize: BATCH,
    restMs: PUBLIC_EVENTS_REST_MS,
    activated() {
      known = uncommitted = undefined;
    },
    interest: (category) => (category !== 'webhook' && nobodyListens() ? 'none' : 'now'),
    handle,
    committed() {
      known = uncommitted;
      if (added) deliveries.nudge();
      added = false;
    },
  };
}

export interface Effect {
  readonly deliveries: NewDelivery[];
  /** Webhooks that are other than before; without a document: deleted. `turned`: it was taken up again. */
  readonly changed: Map<string, { readonly webhook: WebhookDocument | undefined; readonly turned: boolean }>;
  readonly replays: NewReplay[];
  readonly filterErrors: FilterErrors;
}

/** What a batch leads to. Changes `webhooks`. */
export function effectOf(events: EventBatch, webhooks: Webhooks, filterErrors: FilterErrors): Effect {
  const effect: Effect = { deliveries: [], changed: new Map(), replays: [], filterErrors };
  for (const event of events) {
    if (event.category === 'webhook') applyWebhook(event, webhooks, effect);
    else {
      const told = publicEventOf(event as RecordedEvent & { data: object });
      if (told) effect.deliveries.push(...deliveriesOf(told, webhooks, filterErrors));
    }
  }
  return effect;
}

function deliveriesOf(event: PublicEvent, webhooks: Webhooks, filterErrors: FilterErrors): NewDelivery[] {
  const deliveries: NewDelivery[] = [];
  for (const { webhook, covers } of webhooks.values()) {
    const failed = (reason: string) => filterErrors.add(webhook.webhook_id, reason);
    if (webhook.enabled && covers(event, failed)) deliveries.push(deliveryTo(webhook.webhook_id, event));
  }
  return deliveries;
}

function applyWebhook(recorded: RecordedEvent, webhooks: Webhooks, effect: Effect): void {
  const event = recorded as unknown as WebhookEvent;
  const { webhook_id } = event.data;
  const before = webhooks.get(webhook_id);
  const webhook = evolveWebhook(before?.webhook, event);
  const turned = (webhook?.enabled && before?.webhook.enabled === false) || event.type === 'WebhookEnabled';
  effect.changed.set(webhook_id, {
    webhook,
    turned: turned || (effect.changed.get(webhook_id)?.turned ?? false),
  });
  if (before?.webhook.filter !== webhook?.filter) effect.filterErrors.forget(webhook_id);
  if (!webhook) {
    webhooks.delete(webhook_id);
    return;
  }
  const same = before && before.webhook.filter === webhook.filter && before.webhook.events === webhook.events;
  webhooks.set(webhook_id, { webhook, covers: same ? before.covers : coverOf(webhook) });
  const replay = replayOf(recorded);
  if (replay) effect.replays.push(replay);
}

function replayOf(recorded: RecordedEvent): NewReplay | undefined {
  const event = recorded as unknown as WebhookEvent;
  switch (event.type) {
    case 'WebhookReplayRequested': {
      const { replay_id, webhook_id, from, to, per_second, at } = event.data;
      const stretch = { position: from, last_position: to, per_second, requested_at: at };
      return { replay_id, webhook_id, own_ids: true, ...stretch };
    }
    case 'WebhookEnabled': {
      const { webhook_id, from, at } = event.data;
      if (from === null) return undefined;
      const replay_id = derivedId('backfill', webhook_id, recorded.position);
      const stretch = { position: from, last_position: recorded.position, per_second: BACKFILL_PER_SECOND };
      return { replay_id, webhook_id, own_ids: false, ...stretch, requested_at: at };
    }
    default:
      return undefined;
  }
}
