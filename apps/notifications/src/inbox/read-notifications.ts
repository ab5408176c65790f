import { evolveNotification, readAt, type NotificationDocument, type NotificationEvent } from '@ao/contracts';
import type { CommandShell, EventReader } from '@ao/event-log';
import { streamId } from '@ao/kernel';
import { inboxAggregate } from './inbox.decider';

export interface ReadNotificationsOptions {
  readonly shell: Pick<CommandShell, 'state'>;
  readonly log: Pick<EventReader, 'readStream'>;
}

const AT_ONCE = 8;
/** A notification is created, and read once. */
const MOST_EVENTS = 2;

/** Which of a person's notifications were read by now, by themselves or with all others. */
export function readNotifications({ shell, log }: ReadNotificationsOptions) {
  return async (userId: string, ids: readonly string[]): Promise<ReadonlySet<string>> => {
    const read = new Set<string>();
    if (ids.length === 0) return read;
    const { state: inbox } = await shell.state(inboxAggregate, userId, { fresh: true });
    const turns = ids.values();
    const work = async () => {
      for (const id of turns) {
        const events = await log.readStream(streamId('notification', id), { limit: MOST_EVENTS });
        const notification = events.reduce<NotificationDocument | undefined>(
          (one, event) => evolveNotification(one, event as unknown as NotificationEvent, event.position),
          undefined,
        );
        if (!notification) continue;
        const withAll = inbox !== undefined && notification.at <= inbox.read_until;
        if (withAll || readAt(notification, inbox) !== null) read.add(id);
      }
    };
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, ids.length) }, work));
    return read;
  };
}
