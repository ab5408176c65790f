import type { CommandShell } from '@ao/event-log';
import { systemMetadata, assertNever, isRejection, type Clock } from '@ao/kernel';
import type { Outbound } from '@ao/outbound';
import {
  TEST_EVENT,
  whyOf,
  type AttemptResult,
  type DueDelivery,
  type Message,
  type Sender,
} from '../delivery/delivery.types';
import { channelAggregate, isOurFault } from './channel.decider';
import { configurationOf, type ChannelVault } from './channel-vault';
import type { Channels } from './channels';
import type { Configuration } from './channel.configuration';
import type { MailTransport } from './mail.transport';
import { sendToSlack } from './slack.transport';
import { sendToTelegram } from './telegram.transport';
import { sendToWebhook } from './webhook.transport';

export interface ChannelSenderOptions {
  readonly shell: Pick<CommandShell, 'state'>;
  readonly vault: Pick<ChannelVault, 'open'>;
  readonly channels: Pick<Channels, 'recordOutcome'>;
  readonly outbound: Pick<Outbound, 'post'>;
  readonly mail: Pick<MailTransport, 'sendMail'>;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
}

/** A channel fails when a repetition has failed as well: one attempt may meet with anything. */
const TRIES = 2;

/** Sends what is due for channels, each by the way its type goes. When, and how often, is for the delivery engine. */
export function channelSender(options: ChannelSenderOptions): Sender {
  const { shell, vault, channels, onError } = options;
  /** What was met last, of channels whose last attempt failed: the table of targets does not say it. */
  const met = new Map<string, string>();
  const send: Sender['send'] = async (delivery, signal) => {
    const { state: channel } = await shell.state(channelAggregate, delivery.target.id, { fresh: true });
    if (!channel) return notConfigured('The channel was deleted');
    // One that is off can be tried out all the same.
    if (!channel.enabled && delivery.event !== TEST_EVENT) return notConfigured('The channel is disabled');
    const opened = await vault.open(channel, systemMetadata('notifications'));
    if (!isRejection(opened)) return transmit(configurationOf(channel.type, opened), delivery, signal, options);
    if (opened.rejection === 'not_found') return notConfigured('The vault no longer has the configuration');
    return { delivered: false, error: 'secret_unavailable', detail: 'The vault cannot be asked now' };
  };
  return {
    async send(delivery, signal) {
      const result = await send(delivery, signal);
      if (result.delivered || isOurFault(result)) met.delete(delivery.target.id);
      else met.set(delivery.target.id, whyOf(result));
      return result;
    },
    async ended({ target }, result) {
      if (isOurFault(result)) return;
      await channels.recordOutcome(target.id, result.delivered ? null : whyOf(result), systemMetadata('notifications'));
    },
    fared(targets) {
      for (const { target, failing_since, most_tries } of targets) {
        const why = failing_since === null || most_tries < TRIES ? undefined : met.get(target.id);
        if (why !== undefined) channels.recordOutcome(target.id, why, systemMetadata('notifications')).catch(onError);
      }
    },
  };
}

function transmit(
  { type, config }: Configuration,
  delivery: DueDelivery,
  signal: AbortSignal,
  { outbound, mail, clock }: ChannelSenderOptions,
): Promise<AttemptResult> {
  const message = delivery.message ?? eventAlone(delivery);
  switch (type) {
    case 'email': {
      const { to, from, smtp_url: smtpUrl, subject_prefix: prefix } = config;
      const subject = prefix === undefined ? message.subject : `${prefix} ${message.subject}`;
      return mail.sendMail({ to, subject, text: message.body, from, smtpUrl, id: delivery.delivery_id }, signal);
    }
    case 'slack':
      return sendToSlack(outbound, config, message, signal);
    case 'telegram':
      return sendToTelegram(outbound, config, message, signal);
    case 'webhook':
      return sendToWebhook(outbound, config, { message, delivery, now: clock.now() }, signal);
    default:
      return assertNever(type);
  }
}

const eventAlone = ({ event }: DueDelivery): Message => ({ severity: 'info', subject: event, body: '' });

const notConfigured = (detail: string): AttemptResult => ({
  delivered: false,
  error: 'not_configured',
  detail,
  final: 'this',
});
