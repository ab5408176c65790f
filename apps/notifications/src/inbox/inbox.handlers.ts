import { readInbox, readNotification, sendNotice, setPreferences, type DataOf } from '@ao/contracts';
import type { CommandShell } from '@ao/event-log';
import type { CommandMetadata } from '@ao/kernel';
import { CommandHandler, type Answer } from '@ao/messaging';
import { COMMAND_SHELL } from '@ao/platform';
import { Controller, Inject } from '@nestjs/common';
import { NotificationsService } from '../notifications.service';
import { inboxAggregate } from './inbox.decider';
import { notificationAggregate } from './notification.decider';
import { preferencesAggregate } from './preferences.decider';

/** The doors of what a person is told, and how. */
@Controller()
export class InboxHandlers {
  constructor(
    @Inject(COMMAND_SHELL) private readonly shell: CommandShell,
    @Inject(NotificationsService) private readonly service: NotificationsService,
  ) {}

  @CommandHandler(readNotification)
  read(data: DataOf<typeof readNotification>, metadata: CommandMetadata): Answer<typeof readNotification> {
    const command = { type: 'ReadNotification' as const, data, metadata };
    return this.shell.run(notificationAggregate, data.notification_id, command);
  }

  @CommandHandler(readInbox)
  readAll(data: DataOf<typeof readInbox>, metadata: CommandMetadata): Answer<typeof readInbox> {
    return this.shell.run(inboxAggregate, data.user_id, { type: 'ReadInbox', data, metadata });
  }

  @CommandHandler(sendNotice)
  send(data: DataOf<typeof sendNotice>, metadata: CommandMetadata): Answer<typeof sendNotice> {
    return this.service.notices.send(data, metadata);
  }

  @CommandHandler(setPreferences)
  prefer(data: DataOf<typeof setPreferences>, metadata: CommandMetadata): Answer<typeof setPreferences> {
    return this.shell.run(preferencesAggregate, data.user_id, { type: 'SetPreferences', data, metadata });
  }
}
