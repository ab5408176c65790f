import type {
  DataOf,
  DeliveryTest,
  ResultOf,
  changeChannel,
  createChannel,
  deleteChannel,
  testChannel,
} from '@ao/contracts';
import type { CommandResult, CommandShell, EventLog } from '@ao/event-log';
import { derivedId, isRejection, isSameJson, reject, type CommandMetadata, type Rejection } from '@ao/kernel';
import type { Answer } from '@ao/messaging';
import type { SecretTimers } from '@ao/vault';
import type { Deliveries } from '../delivery/delivery.types';
import {
  configuredFields,
  mergedConfiguration,
  readConfiguration,
  type ConfigurationRules,
} from './channel.configuration';
import {
  CHANNEL_RECONFIGURED,
  channelAggregate,
  unknownChannel,
  whyNotOfType,
  type ChangeChannel,
} from './channel.decider';
import type { ChannelVault } from './channel-vault';

export interface ChannelsOptions {
  readonly shell: Pick<CommandShell, 'run' | 'state'>;
  readonly log: Pick<EventLog, 'answerOf'>;
  readonly vault: ChannelVault;
  readonly secretTimers: SecretTimers;
  readonly deliveries: Pick<Deliveries, 'test'>;
  /** How many rules send to a channel, those included that were made just now. */
  readonly rulesOf: (channelId: string) => Promise<number>;
  readonly rules: ConfigurationRules;
}

/** Attempts at a configuration that is made of the one before, when others change that meanwhile. */
const ATTEMPTS = 5;
/** Tests of one process at once. */
const MAX_TESTS = 16;

/** What is configured of channels, and whether it works. */
export class Channels {
  /** A test takes longer than its sender waits before asking again: the same command is the same test. */
  private readonly underWay = new Map<string, Answer<typeof testChannel>>();

  constructor(private readonly options: ChannelsOptions) {}

  /** First the secret, then the channel that names it; a secret whose channel never came is deleted by its timer. */
  async create(data: DataOf<typeof createChannel>, metadata: CommandMetadata): Answer<typeof createChannel> {
    const { shell, vault, rules, secretTimers } = this.options;
    const { config, ...terms } = data;
    const configuration = readConfiguration(data.type, config, rules);
    if (isRejection(configuration)) return configuration;
    // Derived: the same command makes the same channel.
    const channel_id = derivedId('channel', metadata.command_id);
    await secretTimers.watch(channel_id, metadata.command_id);
    const place = await vault.create(channel_id, configuration.config, metadata);
    if (isRejection(place)) return place;
    const configured = configuredFields(configuration);
    const command = {
      type: 'CreateChannel' as const,
      data: { ...terms, ...place, channel_id, configured },
      metadata,
    };
    // Whether a repetition asks for the same configuration is judged by the vault: a hash of it here could be guessed at.
    return shell.run(channelAggregate, channel_id, command, { payload: { ...terms, configured } });
  }

  async change(data: DataOf<typeof changeChannel>, metadata: CommandMetadata): Answer<typeof changeChannel> {
    const { shell } = this.options;
    const { config, ...changes } = data;
    const { channel_id } = data;
    const payload = { ...changes, ...(config && { fields: Object.keys(config).toSorted() }) };
    for (let left = ATTEMPTS; ; left -= 1) {
      const configuration = config && (await this.reconfigured(data, config, metadata));
      if (isRejection(configuration)) return configuration;
      const command = { type: 'ChangeChannel' as const, data: { ...changes, configuration }, metadata };
      const result: CommandResult<ResultOf<typeof changeChannel>> = await shell.run(
        channelAggregate,
        channel_id,
        command,
        { payload },
      );
      if (left > 1 && isRejection(result) && result.code === CHANNEL_RECONFIGURED) continue;
      return result;
    }
  }

  /** The secret follows when the event is seen: `forget-secret-when-owner-is-gone`. */
  async delete(data: DataOf<typeof deleteChannel>, metadata: CommandMetadata): Answer<typeof deleteChannel> {
    const { channel_id } = data;
    const { shell, rulesOf } = this.options;
    const { state } = await shell.state(channelAggregate, channel_id, { fresh: true });
    const rules = state ? await rulesOf(channel_id) : 0;
    if (rules > 0) {
      const why = rules === 1 ? 'a rule sends to it' : `${rules} rules send to it`;
      return reject('conflict', 'channel_in_use', `Expected to delete channel '${channel_id}', but ${why}`);
    }
    return shell.run(channelAggregate, channel_id, { type: 'DeleteChannel', data, metadata });
  }

  test(data: DataOf<typeof testChannel>, metadata: CommandMetadata): Answer<typeof testChannel> {
    const { command_id } = metadata;
    const before = this.underWay.get(command_id);
    if (before) return before;
    if (this.underWay.size >= MAX_TESTS) return Promise.resolve(busy(data.channel_id));
    const answer = this.carryOut(data, metadata).finally(() => this.underWay.delete(command_id));
    this.underWay.set(command_id, answer);
    return answer;
  }

  /** How a delivery ended; only what turns the channel's state is kept. A channel that is gone or off has none. */
  async recordOutcome(channel_id: string, error: string | null, metadata: CommandMetadata): Promise<void> {
    const { shell } = this.options;
    const { state } = await shell.state(channelAggregate, channel_id, { fresh: true });
    if (!state?.enabled || (state.status === 'ok') === (error === null)) return;
    const command = { type: 'RecordOutcome' as const, data: { channel_id, error }, metadata };
    const recorded = await shell.run(channelAggregate, channel_id, command);
    if (isRejection(recorded) && recorded.rejection !== 'not_found') throw new Error(recorded.message);
  }

  /** The configuration with the changes, in the vault; undefined where the command was carried out before. */
  private async reconfigured(
    { channel_id, type: asked }: DataOf<typeof changeChannel>,
    config: Readonly<Record<string, unknown>>,
    metadata: CommandMetadata,
  ): Promise<ChangeChannel['data']['configuration'] | Rejection> {
    const { shell, log, vault, rules } = this.options;
    const { state } = await shell.state(channelAggregate, channel_id, { fresh: true });
    if (!state) return unknownChannel('change', channel_id);
    const otherType = whyNotOfType(state, asked);
    if (otherType) return otherType;
    const { type, secret_id, secret_version } = state;
    const answered = await log.answerOf(metadata.command_id);
    if (answered) {
      const { secret_version: made } = answered.result as Partial<ResultOf<typeof changeChannel>>;
      if (made === undefined) return undefined;
      const then = await vault.open({ secret_id, secret_version: made }, metadata);
      if (isRejection(then)) return undefined;
      const again = readConfiguration(type, mergedConfiguration(then, config), rules);
      // What it asks for is there already: a repetition, which the shell answers.
      if (isRejection(again) || isSameJson(again.config, then)) return undefined;
      const why = 'its id was used before for another command';
      return reject('conflict', 'idempotency_key_reused', `Expected to change channel '${channel_id}', but ${why}`);
    }
    const before = await vault.open(state, metadata);
    if (isRejection(before)) return lost(channel_id, before);
    const read = readConfiguration(type, mergedConfiguration(before, config), rules);
    if (isRejection(read)) return read;
    const known = { configured: configuredFields(read), known_version: secret_version };
    if (isSameJson(read.config, before)) return { ...known, secret_version };
    const place = await vault.rotate(state, read.config, metadata);
    return isRejection(place) ? place : { ...known, secret_version: place.secret_version };
  }

  private async carryOut(
    { channel_id }: DataOf<typeof testChannel>,
    { deadline: _deadline, ...metadata }: CommandMetadata,
  ): Answer<typeof testChannel> {
    const { shell, log, deliveries } = this.options;
    const { state } = await shell.state(channelAggregate, channel_id, { fresh: true });
    if (!state) return unknownChannel('test', channel_id);
    const before = await log.answerOf(metadata.command_id);
    const answered = before?.result as DeliveryTest | undefined;
    const answer = answered ?? (await deliveries.test(testOf(channel_id, state.name, metadata.command_id)));
    const command = { type: 'RecordTest' as const, data: { channel_id, answer }, metadata };
    // Kept although nothing may have turned, so that a repetition is answered and sends nothing.
    const kept = { ...command, metadata: { ...metadata, idempotent: true } };
    return shell.run(channelAggregate, channel_id, kept, { payload: { channel_id } });
  }
}

function testOf(channel_id: string, name: string, commandId: string): Parameters<Deliveries['test']>[0] {
  return {
    delivery_id: derivedId('test-delivery', commandId),
    target: { kind: 'channel', id: channel_id },
    message: {
      severity: 'info',
      subject: `Test of the channel ${name}`,
      body: 'This message was sent to try the channel out. Nothing has happened.',
    },
  };
}

/** The vault no longer has what the others fields would be taken from. */
function lost(channelId: string, before: Rejection): Rejection {
  if (before.rejection !== 'not_found') return before;
  const why = 'the secret with its configuration is gone: delete the channel, and create it anew';
  return reject('conflict', 'channel_secret_gone', `Expected to change channel '${channelId}', but ${why}`);
}

function busy(channelId: string): Rejection {
  const message = `Expected to test channel '${channelId}', but ${MAX_TESTS} others are being tested`;
  return { ...reject('throttled', 'channel_tests_busy', message), retry_after_seconds: 1 };
}
