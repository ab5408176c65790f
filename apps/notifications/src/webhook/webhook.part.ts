import { forgetSecretWhenOwnerIsGone, SigningSecrets } from '@ao/vault';
import type { Part, PartDependencies } from '../part';
import { webhookAggregate } from './webhook.decider';
import { Webhooks } from './webhooks';

export interface WebhooksPart extends Part {
  readonly webhooks: Webhooks;
  /** What deliveries are signed with. */
  readonly secrets: SigningSecrets;
}

type Dependencies = Pick<PartDependencies, 'pool' | 'shell' | 'log' | 'commands' | 'timers' | 'clock' | 'config'>;

/** Webhooks as they are configured. */
export function createWebhooks({ pool, shell, log, commands, timers, clock, config }: Dependencies): WebhooksPart {
  const secrets = new SigningSecrets(commands, {
    ...{ service: 'notifications', owner: 'webhook' },
    description: 'What the deliveries of a webhook are signed with',
  });
  const { secretTimers, subscription, whenDue } = forgetSecretWhenOwnerIsGone({
    ...{ pool, shell, timers, clock, aggregate: webhookAggregate, secrets: secrets.secrets },
    goneIn: ({ type, data }) => (type === 'WebhookDeleted' ? { owner_id: data.webhook_id, ...data } : undefined),
  });
  const rules = { allowPrivate: config.ALLOW_PRIVATE_WEBHOOKS };
  return {
    webhooks: new Webhooks({ shell, log, secrets, secretTimers, rules }),
    secrets,
    subscriptions: [subscription],
    timers: whenDue,
  };
}
