import { forgetSecretWhenOwnerIsGone } from '@ao/vault';
import type { PartDependencies } from '../part';
import { channelAggregate } from './channel.decider';
import { ChannelVault } from './channel-vault';

type Dependencies = Pick<PartDependencies, 'commands' | 'pool' | 'shell' | 'timers' | 'clock'>;

/** The vault of channels, and what keeps it tidy. */
export function createChannelSecrets({ commands, ...dependencies }: Dependencies) {
  const vault = new ChannelVault(commands);
  const reaction = forgetSecretWhenOwnerIsGone({
    ...{ ...dependencies, aggregate: channelAggregate, secrets: vault.secrets },
    goneIn: ({ type, data }) => (type === 'ChannelDeleted' ? { owner_id: data.channel_id, ...data } : undefined),
  });
  return { vault, ...reaction };
}
