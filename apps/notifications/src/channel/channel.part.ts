import { createOutbound } from '@ao/outbound';
import type { Pool } from 'pg';
import type { DeliveriesPart } from '../delivery/deliveries';
import { lookUntil } from '../look-until';
import type { Part, PartDependencies } from '../part';
import { RULES } from '../rule/rule.subscription';
import { countRulesOfChannel } from '../rule/rule-tables';
import { createChannelSecrets } from './channel-secrets';
import { channelSender } from './channel.sender';
import { Channels } from './channels';
import type { MailTransport } from './mail.transport';

export interface ChannelPartDependencies extends PartDependencies {
  readonly deliveries: Pick<DeliveriesPart, 'test' | 'register' | 'stop'>;
  readonly mail: Pick<MailTransport, 'sendMail'>;
}

/** Channels: their configurations, and what sends to them. */
export function createChannelPart(dependencies: ChannelPartDependencies): Part & { readonly channels: Channels } {
  const { pool, log, shell, commands, clock, timers, config, logger, deliveries, mail } = dependencies;
  const allowPrivate = config.ALLOW_PRIVATE_WEBHOOKS;
  const outbound = createOutbound({ allowPrivate });
  const { vault, secretTimers, subscription, whenDue } = createChannelSecrets({
    ...{ commands, pool, shell, timers, clock },
  });
  const channels = new Channels({
    ...{ shell, log, vault, deliveries, secretTimers },
    rulesOf: async (channelId) => {
      await rulesAreSeen(pool);
      return countRulesOfChannel(pool, channelId);
    },
    rules: { allowPrivate, hasMailServer: config.SMTP_URL !== undefined },
  });
  const onError = (err: unknown) => logger.warn({ err }, 'how a channel fares could not be recorded');
  deliveries.register('channel', channelSender({ shell, vault, channels, outbound, mail, clock, onError }));
  return {
    channels,
    subscriptions: [subscription],
    timers: whenDue,
    async stop() {
      await deliveries.stop?.(); // what is under way ends first
      await outbound.close();
    },
  };
}

/** The table of rules follows the log by some milliseconds; after so many it is taken as it is. */
const PATIENCE = { everyMs: 20, withinMs: 1_000 };

/** Resolves once the newest event of a rule is in the table, so that a rule that was made just now counts. */
async function rulesAreSeen(pool: Pick<Pool, 'query'>): Promise<void> {
  await lookUntil(async () => {
    const { rows } = await pool.query<{ seen: boolean }>({
      name: 'rules_seen',
      text: `select coalesce(max(position), 0) <=
                    coalesce((select position from notifications.subscription_checkpoints where subscription = $1), 0) as seen
               from event_log.events where category = 'rule'`,
      values: [RULES],
    });
    return rows[0]!.seen;
  }, PATIENCE);
}
