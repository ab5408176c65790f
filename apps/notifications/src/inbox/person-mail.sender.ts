import { openSealed } from '@ao/contracts';
import { systemMetadata, isRejection } from '@ao/kernel';
import type { CommandClient } from '@ao/messaging';
import type { MailTransport } from '../channel/mail.transport';
import type { AttemptResult, DueDelivery, Sender } from '../delivery/delivery.types';
import type { MailQueue } from './mail-queue';

export interface PersonMailOptions {
  readonly queue: Pick<MailQueue, 'release'>;
  readonly commands: Pick<CommandClient, 'query'>;
  readonly transport: Pick<MailTransport, 'sendMail'>;
}

/** Sends mail to persons. An address is opened for one attempt, and stands nowhere afterwards. */
export class PersonMailSender implements Sender {
  constructor(private readonly options: PersonMailOptions) {}

  async send(delivery: DueDelivery, signal: AbortSignal): Promise<AttemptResult> {
    const { delivery_id, message } = delivery;
    if (!message) return refused('There is nothing to mail');
    const released = await this.options.queue.release(delivery);
    if ('refused' in released) return refused(released.refused);
    const address = await this.addressOf(released.email);
    if (typeof address !== 'string') return address;
    const { subject, body } = message;
    return this.options.transport.sendMail({ to: [address], subject, text: body, id: delivery_id }, signal);
  }

  private async addressOf(sealed: string): Promise<string | AttemptResult> {
    const items = [{ sealed, context: 'email' as const }];
    const answer = await this.options.commands.query(openSealed, { items }, systemMetadata('notifications'));
    if (isRejection(answer)) {
      return { delivered: false, error: 'secret_unavailable', detail: 'The address cannot be opened now' };
    }
    return answer.result.texts[0] ?? refused('The person is erased');
  }
}

function refused(detail: string): AttemptResult {
  return { delivered: false, error: 'refused', detail, final: 'this' };
}
