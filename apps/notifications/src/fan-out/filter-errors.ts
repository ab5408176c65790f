import type { ClientBase } from 'pg';

const MAX_ERROR = 500;

/** Events that webhooks do not get because their filters could not be worked out for them, until they are written. */
export class FilterErrors {
  private readonly errors = new Map<string, { count: number; last: string }>();

  /** `failed`: hears of each as well. */
  constructor(private readonly failed: (reason: string) => void) {}

  add(webhookId: string, reason: string): void {
    this.failed(reason);
    const last = reason.slice(0, MAX_ERROR).toWellFormed();
    this.errors.set(webhookId, { count: (this.errors.get(webhookId)?.count ?? 0) + 1, last });
  }

  /** It has another filter now, or is no more. */
  forget(webhookId: string): void {
    this.errors.delete(webhookId);
  }

  /** With what was read, so that each event counts once. */
  async write(client: ClientBase): Promise<void> {
    if (this.errors.size === 0) return;
    const rows = [...this.errors].map(([webhook_id, { count, last }]) => ({ webhook_id, count, last }));
    await client.query({
      name: 'add_filter_errors',
      text: `update notifications.webhooks as w
                set filter_errors = w.filter_errors + r.count, last_filter_error = r.last
               from json_to_recordset($1::json) as r (webhook_id uuid, count integer, last text)
              where w.webhook_id = r.webhook_id`,
      values: [JSON.stringify(rows)],
    });
  }
}
