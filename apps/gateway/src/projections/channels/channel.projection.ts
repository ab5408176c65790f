import { evolveChannel, type ChannelDocument, type ChannelEvent } from '@ao/contracts';
import type { RecordedEvent } from '@ao/event-log';
import { idOf } from '@ao/kernel';
import type { Projection } from '@ao/projections';

export const CHANNELS = 'channels';

/** One row per notification channel that there is. */
export const channelProjection: Projection<ChannelDocument> = {
  name: CHANNELS,
  version: 1,
  categories: ['channel'],
  table: 'read_models.channels',
  key: (event) => idOf(event.stream_id),
  evolve: (channel, event) => evolveChannel(channel, event as RecordedEvent & ChannelEvent),
  columns: ({ type, status, created_at }) => ({ type, status, created_at }),
};
