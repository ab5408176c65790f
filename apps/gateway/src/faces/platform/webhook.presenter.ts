import { stillGood, type WebhookDocument } from '@ao/contracts';
import { MASKED_SECRET, type ShownWebhookDto } from './webhook.schemas';

/** `secret`: one that was made up just now. `now`: Unix milliseconds. */
export function presentWebhook(webhook: WebhookDocument, now: number, secret: string = MASKED_SECRET): ShownWebhookDto {
  return {
    id: webhook.webhook_id,
    url: webhook.url,
    events: webhook.events,
    description: webhook.description,
    filter: webhook.filter,
    enabled: webhook.enabled,
    status: webhook.status,
    failing_since: webhook.failing_since,
    disables_at: webhook.disables_at,
    disabled_by: webhook.disabled_by,
    last_error: webhook.last_error,
    secret,
    secret_id: webhook.secret_id,
    secret_version: webhook.secret_version,
    former_secrets: stillGood(webhook.former_secrets, now),
    created_by: webhook.created_by,
    created_at: webhook.created_at,
    updated_at: webhook.updated_at,
  };
}
