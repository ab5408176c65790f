import type { WebhookDocument } from '@ao/contracts';
import type { CommandShell, EventReader } from '@ao/event-log';
import { systemMetadata, derivedId, isoTime, isRejection } from '@ao/kernel';
import type { Pool } from 'pg';
import { webhookAggregate, type WebhookCommand } from '../webhook/webhook.decider';

/** How a webhook stands, and how its deliveries have fared. */
export interface WebhookFigures {
  readonly webhook: Pick<WebhookDocument, 'webhook_id' | 'enabled' | 'status' | 'failing_since'>;
  /** The first failure after the last success. */
  readonly failing_since: string | null;
  /** Of one delivery since then. */
  readonly most_tries: number;
  /** When it answered that it is gone. */
  readonly gone_at: string | null;
  readonly last_error: string | null;
}

type Asked = { readonly type: WebhookCommand['type']; readonly data: WebhookCommand['data'] };

type Verdict =
  | { readonly kind: 'disable'; readonly by: 'gone' | 'failures'; readonly since: string; readonly error: string }
  | { readonly kind: 'failing'; readonly since: string; readonly disables_at: string; readonly error: string }
  | { readonly kind: 'recovered'; readonly since: string }
  | undefined;

/** Tries of one delivery after which it is no passing trouble: some three hours. */
const WARN_AFTER_TRIES = 5;

/** What is to be said of a webhook now. Pure; `now` in milliseconds of Postgres' time. */
export function verdictOf(figures: WebhookFigures, now: number, disableAfterMs: number): Verdict {
  const { webhook, failing_since, most_tries, gone_at } = figures;
  const error = figures.last_error ?? 'Nothing arrives';
  if (!webhook.enabled) return undefined;
  if (gone_at !== null) return { kind: 'disable', by: 'gone', since: gone_at, error };
  if (failing_since === null) {
    return webhook.status === 'failing' ? { kind: 'recovered', since: webhook.failing_since ?? '' } : undefined;
  }
  const began = Date.parse(failing_since);
  if (now - began >= disableAfterMs) return { kind: 'disable', by: 'failures', since: failing_since, error };
  if (webhook.status === 'failing' || (now - began < disableAfterMs / 2 && most_tries < WARN_AFTER_TRIES)) {
    return undefined;
  }
  return { kind: 'failing', since: failing_since, disables_at: isoTime(began + disableAfterMs), error };
}

export interface JudgeWebhooksOptions {
  readonly pool: Pool;
  readonly shell: Pick<CommandShell, 'run'>;
  readonly log: Pick<EventReader, 'head'>;
  readonly disableAfterMs: number;
}

const READ = `
  select w.document as webhook, t.failing_since, coalesce(t.most_tries, 0) as most_tries, t.gone_at, t.last_error,
         extract(epoch from clock_timestamp())::float8 * 1000 as now
    from notifications.webhooks w
    left join notifications.targets t on t.target_id = w.webhook_id
   where w.status <> 'disabled' and (t.failing_since is not null or t.gone_at is not null or w.status = 'failing')`;

/**
 * Says in the log what has become of webhooks because of their deliveries. From the tables alone and under derived ids, so
 * that it may be done at any time and again.
 */
export function judgeWebhooks({ pool, shell, log, disableAfterMs }: JudgeWebhooksOptions) {
  return async (): Promise<void> => {
    const { rows } = await pool.query<Row>(READ);
    for (const row of rows) {
      const { now, failing_since, gone_at } = row;
      const figures = { ...row, failing_since: isoOf(failing_since), gone_at: isoOf(gone_at) };
      const verdict = verdictOf(figures, now, disableAfterMs);
      if (verdict) await say(row.webhook.webhook_id, verdict);
    }
  };

  async function say(webhook_id: string, verdict: NonNullable<Verdict>): Promise<void> {
    const metadata = systemMetadata('notifications', derivedId(`webhook-${verdict.kind}`, webhook_id, verdict.since));
    const command = { ...(await commandOf(webhook_id, verdict)), metadata };
    const payload = { webhook_id };
    const result = await shell.run(webhookAggregate, webhook_id, command, { payload });
    if (isRejection(result) && result.rejection === 'unavailable') throw new Error(result.message);
  }

  async function commandOf(webhook_id: string, verdict: NonNullable<Verdict>): Promise<Asked> {
    switch (verdict.kind) {
      case 'disable': {
        const { by, error } = verdict;
        // Before its event: what comes between is delivered and, by a backfill, recognised.
        return { type: 'DisableWebhook', data: { webhook_id, by, error, position: await log.head() } };
      }
      case 'failing': {
        const { since, disables_at, error } = verdict;
        return { type: 'MarkWebhookFailing', data: { webhook_id, since, disables_at, error } };
      }
      case 'recovered':
        return { type: 'MarkWebhookRecovered', data: { webhook_id } };
    }
  }
}

interface Row extends Omit<WebhookFigures, 'failing_since' | 'gone_at'> {
  readonly webhook: WebhookDocument;
  readonly failing_since: Date | null;
  readonly gone_at: Date | null;
  readonly now: number;
}

const isoOf = (time: Date | null) => time?.toISOString() ?? null;
