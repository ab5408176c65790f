import {
  channelEvents,
  evolveChannel,
  schemaVersionsOf,
  type ChannelDocument,
  type ChannelEvent,
  type ChannelTerms,
  type ChannelType,
  type DeliveryTest,
} from '@ao/contracts';
import type { Aggregate } from '@ao/event-log';
import {
  accept,
  assertNever,
  isSameJson,
  reject,
  type Command,
  type Decider,
  type Decision,
  type Rejection,
} from '@ao/kernel';
import { whyOf, type AttemptResult } from '../delivery/delivery.types';

/** Undefined: there is none (any more). */
export type ChannelState = ChannelDocument | undefined;

/** Which version of its secret holds the configuration, and which of the fields are set. */
interface Configured {
  readonly secret_version: number;
  readonly configured: readonly string[];
}

interface Reference {
  readonly channel_id: string;
}

export type CreateChannel = Command<
  'CreateChannel',
  ChannelTerms & Configured & Reference & { readonly secret_id: string }
>;
/** What is absent stays as it is. */
export type ChangeChannel = Command<
  'ChangeChannel',
  Partial<ChannelTerms> &
    Reference & {
      readonly configuration?: Configured & {
        /** The version that the new one was made from. */
        readonly known_version: number;
      };
    }
>;
export type DeleteChannel = Command<'DeleteChannel', Reference>;
/** How the end of a delivery was; `error`: null if it arrived. */
export type RecordOutcome = Command<'RecordOutcome', Reference & { readonly error: string | null }>;
export type RecordTest = Command<'RecordTest', Reference & { readonly answer: DeliveryTest }>;
export type ChannelCommand = CreateChannel | ChangeChannel | DeleteChannel | RecordOutcome | RecordTest;

/** Its configuration was changed while another one was made of what it was. */
export const CHANNEL_RECONFIGURED = 'channel_reconfigured';

const VERBS = {
  ChangeChannel: 'change',
  DeleteChannel: 'delete',
  RecordOutcome: 'send to',
  RecordTest: 'test',
} as const;

export const channelDecider: Decider<ChannelState, ChannelCommand, ChannelEvent> = {
  initialState: () => undefined,
  evolve: evolveChannel,
  decide(command, channel): Decision<ChannelEvent> {
    const at = command.metadata.time;
    if (command.type === 'CreateChannel') {
      const { channel_id } = command.data;
      if (channel) {
        const why = 'it was created before';
        return reject('conflict', 'channel_exists', `Expected to create channel '${channel_id}', but ${why}`);
      }
      const data = { ...command.data, configured: [...command.data.configured], created_at: at };
      return accept([{ type: 'ChannelCreated', data }], { channel_id, created_at: at });
    }
    const { channel_id } = command.data;
    if (!channel) return unknownChannel(VERBS[command.type], channel_id);
    switch (command.type) {
      case 'ChangeChannel':
        return change(command, channel);
      case 'DeleteChannel': {
        const { secret_id } = channel;
        return accept([{ type: 'ChannelDeleted', data: { channel_id, secret_id, at } }], {
          channel_id,
          deleted_at: at,
        });
      }
      case 'RecordOutcome':
        return accept(outcome(channel, command.data.error, at));
      case 'RecordTest': {
        const { answer } = command.data;
        if (isOurFault(answer)) return accept([], answer);
        return accept(outcome(channel, answer.delivered ? null : whyOf(answer), at), answer);
      }
      default:
        return assertNever(command);
    }
  },
};

function change({ data, metadata }: ChangeChannel, before: ChannelDocument): Decision<ChannelEvent> {
  const { channel_id, configuration } = data;
  const { time: at } = metadata;
  const otherType = whyNotOfType(before, data.type);
  if (otherType) return otherType;
  if (configuration && configuration.known_version !== before.secret_version) {
    const why = 'its configuration was changed in the meantime';
    return reject('conflict', CHANNEL_RECONFIGURED, `Expected to change channel '${channel_id}', but ${why}`);
  }
  const old = termsOf(before);
  const { secret_version, configured } = configuration ?? before;
  const terms = {
    ...old,
    ...{ name: data.name ?? old.name, description: data.description ?? old.description },
    ...{ enabled: data.enabled ?? old.enabled, secret_version, configured: [...configured] },
  };
  const result = (updated_at: string) => ({ channel_id, secret_version, updated_at });
  if (isSameJson(terms, old)) return accept([], result(before.updated_at));
  return accept([{ type: 'ChannelChanged', data: { channel_id, ...terms, at } }], result(at));
}

/** What was configured for one type means nothing to another. */
export function whyNotOfType({ type }: ChannelDocument, asked: ChannelType | undefined): Rejection | undefined {
  if (asked === undefined || asked === type) return undefined;
  return reject('invalid', 'channel_type_fixed', `must stay '${type}': make a channel of the other type anew`, '/type');
}

function termsOf(channel: ChannelDocument) {
  const { name, type, description, enabled, secret_id, secret_version, configured } = channel;
  return { name, type, description, enabled, secret_id, secret_version, configured };
}

/** Of an attempt that never came as far as the channel: it says nothing of it. */
export const isOurFault = (result: DeliveryTest | AttemptResult): boolean =>
  !result.delivered && result.error === 'secret_unavailable';

/** Only what turns it is an event: a channel that fails for a day fails once. */
function outcome({ channel_id, status }: ChannelDocument, error: string | null, at: string): ChannelEvent[] {
  if (error === null) return status === 'failing' ? [{ type: 'ChannelRecovered', data: { channel_id, at } }] : [];
  return status === 'ok' ? [{ type: 'ChannelFailed', data: { channel_id, error: error.slice(0, 500), at } }] : [];
}

export function unknownChannel(verb: string, channelId: string): Rejection {
  return reject('not_found', 'channel_not_found', `Expected to ${verb} channel '${channelId}', but there is none`);
}

/** Stream `channel-<uuid>`. */
export const channelAggregate: Aggregate<ChannelState, ChannelCommand, ChannelEvent> = {
  category: 'channel',
  decider: channelDecider,
  schemaVersions: schemaVersionsOf(channelEvents),
  freshIds: 0,
};
