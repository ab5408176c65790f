import type { ChannelType } from '@ao/contracts';
import { isRejection, type CommandMetadata, type Rejection } from '@ao/kernel';
import type { CommandClient } from '@ao/messaging';
import { KeptSecrets, type Asked, type SecretPlace } from '@ao/vault';
import { z } from 'zod';
import type { Configuration } from './channel.configuration';

const Config = z.record(z.string(), z.unknown());
type Config = z.infer<typeof Config>;

/** The configurations of channels, each as JSON in its channel's secret. */
export class ChannelVault {
  readonly secrets: KeptSecrets;

  constructor(commands: Pick<CommandClient, 'send'>) {
    const description = 'The configuration of a notification channel; changed by changing the channel';
    this.secrets = new KeptSecrets(commands, { service: 'notifications', owner: 'channel', description });
  }

  /** `asked`: of the command that creates the channel; its repetition finds the same secret. */
  create(channelId: string, config: Config, asked: CommandMetadata): Promise<SecretPlace | Rejection> {
    return this.secrets.create(channelId, JSON.stringify(config), asked);
  }

  /** `before`: what it was made from; the same command makes one version from one. */
  rotate(before: SecretPlace, config: Config, asked: CommandMetadata): Promise<SecretPlace | Rejection> {
    const command_id = this.secrets.commandOf(asked.command_id, before.secret_version);
    return this.secrets.rotate(before.secret_id, JSON.stringify(config), { ...asked, command_id, idempotent: true });
  }

  /** In the name of whoever needs it. */
  async open(place: SecretPlace, asked: Asked): Promise<Config | Rejection> {
    const opened = await this.secrets.open(place, asked);
    return isRejection(opened) ? opened : Config.parse(JSON.parse(opened));
  }
}

/** What was kept is whole: it was read by its type's schema before it was kept. */
export const configurationOf = (type: ChannelType, config: Config) => ({ type, config }) as unknown as Configuration;
