import { z } from 'zod';
import { command, event, type EventOf } from '../contract';
import { Id, JsonObject, Time, text } from '../text';
import { DeliveryTest } from './delivery';

const CATEGORY = 'channel';

export const CHANNEL_TYPES = ['email', 'slack', 'telegram', 'webhook'] as const;
export const ChannelType = z.enum(CHANNEL_TYPES);
export type ChannelType = z.infer<typeof ChannelType>;

/**
 * What events keep of a channel: its name, its type, and which fields of its configuration are set. The configuration itself
 * (addresses are people's, tokens and hook URLs open doors) is one secret of the vault, a JSON object (ADR 0039).
 */
export const ChannelTerms = z.object({
  name: text(200, 1),
  type: ChannelType,
  description: text(2_000),
  enabled: z.boolean(),
});
export type ChannelTerms = z.infer<typeof ChannelTerms>;

const Configured = z.object({
  /** `channel/<id>` in the vault. A version is never changed, so an event names all that was configured then. */
  secret_id: Id,
  secret_version: z.int().min(1),
  configured: z.array(text(64, 1)).max(40),
});

/** Stream `channel-<uuid>`. */
export const channelEvents = {
  ChannelCreated: event(
    CATEGORY,
    'ChannelCreated',
    1,
    ChannelTerms.extend({ channel_id: Id, created_at: Time }).extend(Configured.shape),
  ),
  ChannelChanged: event(
    CATEGORY,
    'ChannelChanged',
    1,
    ChannelTerms.extend({ channel_id: Id, at: Time }).extend(Configured.shape),
  ),
  /** What was sent last did not arrive, after all its attempts or for good. */
  ChannelFailed: event(CATEGORY, 'ChannelFailed', 1, z.object({ channel_id: Id, error: text(500), at: Time })),
  ChannelRecovered: event(CATEGORY, 'ChannelRecovered', 1, z.object({ channel_id: Id, at: Time })),
  /** Its secret is deleted because of this. */
  ChannelDeleted: event(CATEGORY, 'ChannelDeleted', 1, z.object({ channel_id: Id, secret_id: Id, at: Time })),
} as const;
export type ChannelEvent = EventOf<typeof channelEvents>;

export const ChannelDocument = ChannelTerms.extend({
  channel_id: Id,
  secret_id: Id,
  secret_version: z.int(),
  configured: z.array(z.string()),
  status: z.enum(['ok', 'failing']),
  failing_since: Time.nullable(),
  last_error: text(500).nullable(),
  created_at: Time,
  updated_at: Time,
});
export type ChannelDocument = z.infer<typeof ChannelDocument>;

export function evolveChannel(channel: ChannelDocument | undefined, event: ChannelEvent): ChannelDocument | undefined {
  const well = { status: 'ok', failing_since: null, last_error: null } as const;
  if (event.type === 'ChannelCreated') return { ...event.data, ...well, updated_at: event.data.created_at };
  if (!channel) return channel;
  switch (event.type) {
    case 'ChannelChanged': {
      const { at, ...data } = event.data;
      // What failed before says nothing of another configuration, or of what is taken up again.
      const isAnew = data.secret_version !== channel.secret_version || (data.enabled && !channel.enabled);
      return { ...channel, ...data, ...(isAnew && well), updated_at: at };
    }
    case 'ChannelFailed': {
      const { error, at } = event.data;
      return { ...channel, status: 'failing', failing_since: channel.failing_since ?? at, last_error: error };
    }
    case 'ChannelRecovered':
      return { ...channel, ...well };
    case 'ChannelDeleted':
      return undefined;
    default:
      return channel;
  }
}

/**
 * By the fields of the channel's type: 422 names the wrong one as `/config/...`. It becomes a secret of the vault before
 * anything else happens, and is nowhere else.
 */
export const createChannel = command(
  'notifications.create_channel',
  ChannelTerms.extend({ config: JsonObject }),
  z.object({ channel_id: Id, created_at: Time }),
);
/** Absent fields stay, those of the configuration too; null takes one away. The type never changes: another is refused (`/type`). */
export const changeChannel = command(
  'notifications.change_channel',
  z.object({ channel_id: Id, config: JsonObject.optional() }).extend(ChannelTerms.partial().shape),
  z.object({ channel_id: Id, secret_version: z.int(), updated_at: Time }),
);
/** 409 `channel_in_use` while a rule sends to it. */
export const deleteChannel = command(
  'notifications.delete_channel',
  z.object({ channel_id: Id }),
  z.object({ channel_id: Id, deleted_at: Time }),
);
/** One message at once; what became of it is the answer, and in the delivery log. */
export const testChannel = command('notifications.test_channel', z.object({ channel_id: Id }), DeliveryTest);
