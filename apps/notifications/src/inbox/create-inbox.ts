import type { MailTransport } from '../channel/mail.transport';
import type { Deliveries } from '../delivery/delivery.types';
import { NOTICE } from '../notice';
import type { Part, PartDependencies } from '../part';
import { MailQueue, SEND_DIGEST } from './mail-queue';
import { Notices } from './notices';
import { PersonMailSender } from './person-mail.sender';
import { personalSubscription } from './personal.subscription';
import { readNotifications } from './read-notifications';
import { tellPeopleWhenNoticed } from './tell-people-when-noticed';

/** What people are told: on their page, and by mail as they prefer. */
export function createInbox(
  { pool, log, shell, clock, timers, commands }: PartDependencies,
  deliveries: Deliveries,
  transport: Pick<MailTransport, 'sendMail'>,
): Part & { readonly notices: Notices } {
  const mail = new MailQueue({ pool, clock, timers, deliveries, readBy: readNotifications({ shell, log }) });
  deliveries.register('mail', new PersonMailSender({ queue: mail, commands, transport }));
  return {
    notices: new Notices({ pool, shell, clock, timers }),
    subscriptions: [personalSubscription({ clock, timers, mail })],
    timers: {
      [NOTICE]: tellPeopleWhenNoticed({ pool, shell, clock, timers, deliveries, mail }),
      [SEND_DIGEST]: (timer) => mail.sendWaiting(timer),
    },
  };
}
