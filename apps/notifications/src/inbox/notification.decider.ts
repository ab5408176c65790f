import {
  evolveNotification,
  notificationEvents,
  schemaVersionsOf,
  type NotificationDocument,
  type NotificationEvent,
} from '@ao/contracts';
import type { Aggregate } from '@ao/event-log';
import { accept, assertNever, reject, type Command, type Decider, type Decision } from '@ao/kernel';

type State = NotificationDocument | undefined;

export type CreateNotification = Command<
  'CreateNotification',
  Omit<NotificationDocument, 'created_at' | 'at' | 'read_at'>
>;
export type ReadNotification = Command<
  'ReadNotification',
  { readonly notification_id: string; readonly user_id: string }
>;
export type NotificationCommand = CreateNotification | ReadNotification;

export const notificationDecider: Decider<State, NotificationCommand, NotificationEvent> = {
  initialState: () => undefined,
  // Where it stands in the log is for readers.
  evolve: (notification, event) => evolveNotification(notification, event, 0),
  decide(command, notification): Decision<NotificationEvent> {
    const { notification_id, user_id } = command.data;
    const { time } = command.metadata;
    switch (command.type) {
      case 'CreateNotification':
        // Its id is derived from what caused it: this is the same once more.
        if (notification) return accept([], { notification_id });
        return accept([{ type: 'NotificationCreated', data: { ...command.data, created_at: time } }], {
          notification_id,
        });
      case 'ReadNotification':
        if (notification?.user_id !== user_id) {
          const message = `Expected to read notification '${notification_id}', but '${user_id}' has none of that id`;
          return reject('not_found', 'notification_not_found', message);
        }
        if (notification.read_at !== null) return accept([], { notification_id, read_at: notification.read_at });
        return accept([{ type: 'NotificationRead', data: { notification_id, user_id, at: time } }], {
          notification_id,
          read_at: time,
        });
      default:
        return assertNever(command);
    }
  },
};

/** Stream `notification-<uuid>`. */
export const notificationAggregate: Aggregate<State, NotificationCommand, NotificationEvent> = {
  category: 'notification',
  decider: notificationDecider,
  schemaVersions: schemaVersionsOf(notificationEvents),
  freshIds: 0,
};
