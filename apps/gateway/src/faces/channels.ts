import type { EventLog } from '@ao/event-log';
import { EVENT_LOG, POOL } from '@ao/platform';
import type { Pool } from 'pg';
import { made } from '../made';
import { ChannelQueries } from '../projections/channels/channel.queries';
import { ChannelDeliveriesController } from './platform/channel-deliveries.controller';
import { ChannelsController } from './platform/channels.controller';

/** The routes of notification channels. */
export const channelControllers = [ChannelsController, ChannelDeliveriesController];

export const channelProviders = [
  made(ChannelQueries, [POOL, EVENT_LOG], (pool: Pool, log: EventLog) => new ChannelQueries(pool, log)),
];
