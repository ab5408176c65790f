import { readInbox, readNotification, setPreferences } from '@ao/contracts';
import { Body, Controller, Get, Param, Put, Query } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { CommandPath } from '../../commands/command-path';
import { Access } from '../../http/access';
import { CurrentCall, type Call } from '../../http/call';
import { Freshness } from '../../projections/moment';
import { INBOXES, NOTIFICATIONS, PREFERENCES } from '../../projections/notifications/notification.projection';
import { NotificationQueries } from '../../projections/notifications/notification.queries';
import { personBehind, presentNotification, presentPreferences } from './notification.presenter';
import {
  NotificationListQueryDto,
  NotificationQueryDto,
  PreferenceChangesDto,
  ReadAllDto,
  ShownNotificationDto,
  ShownPreferencesDto,
  UnreadCountDto,
} from './notification.schemas';
import { announcePage } from './paging';
import { notFound, pathId } from './path-id';

const WHAT = 'Notification';
const SHOWN_BY = [NOTIFICATIONS, INBOXES];

/** Rows 145 to 148: what the caller was told; and how the caller wants to be told. */
@ApiTags('notifications')
@Controller('api/v1/notifications')
export class NotificationsController {
  constructor(
    private readonly commands: CommandPath,
    private readonly notifications: NotificationQueries,
    private readonly freshness: Freshness,
  ) {}

  /** The newest thousand, newest first. */
  @Get()
  @Access('notifications:own')
  @ApiOkResponse({ type: [ShownNotificationDto] })
  async list(@CurrentCall() call: Call, @Query() query: NotificationListQueryDto): Promise<ShownNotificationDto[]> {
    const person = personBehind(call.principal);
    await this.freshness.seen(SHOWN_BY, query.at_least);
    const { limit, offset } = query;
    const unread = query.unread === undefined ? undefined : query.unread === 'true';
    const { notifications, total } = await this.notifications.list(person, { unread, limit, offset });
    announcePage(call, { total, limit, offset });
    return notifications.map(presentNotification);
  }

  @Get('unread-count')
  @Access('notifications:own')
  @ApiOkResponse({ type: UnreadCountDto })
  async unreadCount(@CurrentCall() call: Call, @Query() { at_least }: NotificationQueryDto): Promise<UnreadCountDto> {
    const person = personBehind(call.principal);
    await this.freshness.seen(SHOWN_BY, at_least);
    return { unread_count: await this.notifications.unreadCount(person) };
  }

  /** What comes while this is asked stays unread. */
  @Put('read-all')
  @Access('notifications:own')
  @ApiOkResponse({ type: ReadAllDto })
  async readAll(@CurrentCall() call: Call): Promise<ReadAllDto> {
    const user_id = personBehind(call.principal);
    const data = { user_id, until: await this.notifications.newest(user_id) };
    const { until } = await this.commands.send(call, readInbox, data, { models: [INBOXES] });
    return { read_until: until, unread_count: await this.notifications.unreadCount(user_id) };
  }

  @Get('preferences')
  @Access('notifications:own')
  @ApiOkResponse({ type: ShownPreferencesDto })
  async preferences(
    @CurrentCall() call: Call,
    @Query() { at_least }: NotificationQueryDto,
  ): Promise<ShownPreferencesDto> {
    const person = personBehind(call.principal);
    await this.freshness.seen(PREFERENCES, at_least);
    return presentPreferences(await this.notifications.preferences.find(person));
  }

  @Put('preferences')
  @Access('notifications:own')
  @ApiOkResponse({ type: ShownPreferencesDto })
  async setPreferences(@CurrentCall() call: Call, @Body() changes: PreferenceChangesDto): Promise<ShownPreferencesDto> {
    const data = { ...changes, user_id: personBehind(call.principal) };
    return presentPreferences(await this.commands.send(call, setPreferences, data, { models: [PREFERENCES] }));
  }

  @Put(':id/read')
  @Access('notifications:own')
  @ApiOkResponse({ type: ShownNotificationDto })
  async read(@CurrentCall() call: Call, @Param('id') param: string): Promise<ShownNotificationDto> {
    const user_id = personBehind(call.principal);
    const notification_id = pathId(param, WHAT);
    await this.commands.send(
      call,
      readNotification,
      { notification_id, user_id },
      {
        models: [NOTIFICATIONS],
        refusal: ({ rejection }) => (rejection === 'not_found' ? notFound(WHAT) : undefined),
      },
    );
    const read = await this.notifications.fresh(notification_id);
    if (!read) throw notFound(WHAT);
    return presentNotification(read);
  }
}
