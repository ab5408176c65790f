import { counter } from '@ao/platform';
import { createOutbound, type Outbound } from '@ao/outbound';
import type { SigningSecrets } from '@ao/vault';
import type { DeliveriesPart } from '../delivery/deliveries';
import type { Part, PartDependencies } from '../part';
import { goOnWithReplay } from './go-on-with-replay';
import { webhookDeliveriesSubscription } from './webhook-deliveries.subscription';
import { judgeWebhooks } from './webhook-health';
import { createWebhookSender } from './webhook-sender';
import { pruneReplays } from './webhook-table';

export type WebhookFanOutDependencies = Pick<PartDependencies, 'pool' | 'log' | 'shell' | 'clock' | 'metrics'> & {
  readonly config: Pick<
    PartDependencies['config'],
    'ALLOW_PRIVATE_WEBHOOKS' | 'WEBHOOK_DISABLE_AFTER_HOURS' | 'DELIVERY_RETENTION_DAYS'
  >;
  readonly deliveries: DeliveriesPart;
  readonly secrets: Pick<SigningSecrets, 'signingAt'>;
  /** Default: one that obeys ALLOW_PRIVATE_WEBHOOKS. */
  readonly outbound?: Outbound;
  /** How often those that fail are looked at, in milliseconds; default 15,000. */
  readonly judgeMs?: number;
};

const PRUNE_MS = 3_600_000;
const JUDGE_MS = 15_000;
/** After something that is worth a look. */
const JUDGE_SOON_MS = 500;

/** Events of the log to the webhooks that cover them, and what becomes of webhooks because of that. */
export function createWebhookFanOut(deps: WebhookFanOutDependencies): Part {
  const { pool, log, shell, clock, metrics, config, deliveries, secrets, judgeMs = JUDGE_MS } = deps;
  const outbound = deps.outbound ?? createOutbound({ allowPrivate: config.ALLOW_PRIVATE_WEBHOOKS });
  const failures = counter(metrics, {
    name: 'ao_webhook_filter_failures_total',
    help: 'Events that a webhook does not get because its filter could not be worked out for them',
  });
  const filterFailed = () => failures.inc();
  const judge = judgeWebhooks({
    ...{ pool, shell, log },
    disableAfterMs: config.WEBHOOK_DISABLE_AFTER_HOURS * 3_600_000,
  });

  let judgeSoon = true;
  let judgedAt = Number.NEGATIVE_INFINITY;
  deliveries.register('webhook', {
    holdsWhenGone: true,
    send: createWebhookSender({ pool, outbound, secrets, clock }),
    // Judging again changes nothing, so it need not be known here what has been said already.
    fared: (targets) => void (judgeSoon ||= targets.some(({ failing_since, gone }) => gone || failing_since === null)),
  });
  deliveries.duty({ name: 'replays', everyMs: 500, run: goOnWithReplay({ pool, log, deliveries, filterFailed }) });
  deliveries.duty({
    name: 'prune-replays',
    everyMs: PRUNE_MS,
    run: () => pruneReplays(pool, config.DELIVERY_RETENTION_DAYS),
  });
  deliveries.duty({
    name: 'webhook-health',
    everyMs: JUDGE_SOON_MS,
    async run() {
      if (!judgeSoon && performance.now() - judgedAt < judgeMs) return;
      judgeSoon = false;
      await judge();
      judgedAt = performance.now();
    },
  });

  return {
    subscriptions: [webhookDeliveriesSubscription({ deliveries, targets: deliveries.targets, filterFailed })],
    async stop() {
      await deliveries.stop(); // what is under way ends first
      await outbound.close();
    },
  };
}
