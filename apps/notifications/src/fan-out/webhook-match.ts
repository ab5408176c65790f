import { matchesPattern, PUBLIC_CATEGORIES, type PublicEvent, type WebhookDocument } from '@ao/contracts';
import { compileCondition } from '@ao/expressions';
import { derivedId } from '@ao/kernel';
import type { NewDelivery } from '../delivery/delivery.types';

/** Where what webhooks may hear of is found: not what is meant for one person. */
export const WEBHOOK_CATEGORIES: readonly string[] = PUBLIC_CATEGORIES.filter((name) => name !== 'notification');

type Terms = Pick<WebhookDocument, 'events' | 'filter'>;

/** Whether a webhook covers an event. `failed` hears why its filter could not be worked out, which counts as a no. */
export type Cover = (event: PublicEvent, failed: (reason: string) => void) => boolean;

export function coverOf({ events, filter }: Terms): Cover {
  const condition = filter === null ? undefined : compileCondition(filter);
  const names = new Map<string, boolean>();
  const isNamed = (name: string): boolean => {
    let named = names.get(name);
    if (named === undefined) names.set(name, (named = events.some((pattern) => matchesPattern(pattern, name))));
    return named;
  };
  return (event, failed) => {
    if (event.name === 'notification' || !isNamed(event.name)) return false;
    if (!condition) return true;
    if (condition.ok) return condition.evaluate(event, failed);
    failed(condition.error);
    return false;
  };
}

/** The same event has the same delivery to the same webhook, unless a replay asks for it once more. */
export function deliveryTo(webhookId: string, event: PublicEvent, replayId: string | null = null): NewDelivery {
  const { name, position } = event;
  const parts = replayId === null ? [] : [replayId];
  return {
    delivery_id: derivedId('delivery', webhookId, position, ...parts),
    target: { kind: 'webhook', id: webhookId },
    event: name,
    position,
    replay_id: replayId,
  };
}
