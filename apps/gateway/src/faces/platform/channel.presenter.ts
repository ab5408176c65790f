import type { ChannelDocument } from '@ao/contracts';
import type { ShownChannelDto } from './channel.schemas';

export function presentChannel(channel: ChannelDocument): ShownChannelDto {
  return {
    id: channel.channel_id,
    name: channel.name,
    type: channel.type,
    description: channel.description,
    enabled: channel.enabled,
    configured: channel.configured,
    secret_id: channel.secret_id,
    status: channel.status,
    failing_since: channel.failing_since,
    last_error: channel.last_error,
    created_at: channel.created_at,
    updated_at: channel.updated_at,
  };
}
