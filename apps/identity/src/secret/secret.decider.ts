import type { SecretEvent } from '@ao/contracts';
import {
  accept,
  assertNever,
  isRejection,
  isoTime,
  reject,
  type Command,
  type Decider,
  type Decision,
  type Rejection,
} from '@ao/kernel';
import { evolveSecretState, initialSecretState, type KeptSecret, type SecretState } from './secret.state';

/** Values come here sealed; null where there was no key to seal with, because the secret is not what the command needs. */
export type CreateSecretCommand = Command<
  'CreateSecret',
  {
    readonly secret_id: string;
    readonly name: string;
    readonly category: string;
    readonly description: string;
    readonly value: string | null;
    readonly expires_at: string | null;
  }
>;
/** What is absent stays as it is. */
export type ChangeSecretCommand = Command<
  'ChangeSecret',
  {
    readonly secret_id: string;
    readonly name?: string;
    readonly category?: string;
    readonly description?: string;
    readonly value?: string | null;
    readonly expires_at?: string | null;
    /** The name that the reservations in the same unit take the secret to have. */
    readonly known_name: string;
  }
>;
export type RotateSecretCommand = Command<
  'RotateSecret',
  { readonly secret_id: string; readonly value: string | null; readonly expires_at?: string | null }
>;
export type RevealSecretCommand = Command<'RevealSecret', { readonly secret_id: string; readonly version?: number }>;
export type DeliverSecretCommand = Command<
  'DeliverSecret',
  { readonly secret_id: string; readonly version?: number; readonly task_id: string; readonly agent_id: string }
>;
export type DeleteSecretCommand = Command<'DeleteSecret', { readonly secret_id: string; readonly known_name: string }>;
export type SecretCommand =
  | CreateSecretCommand
  | ChangeSecretCommand
  | RotateSecretCommand
  | RevealSecretCommand
  | DeliverSecretCommand
  | DeleteSecretCommand;

/** What a revelation is stored as: where the value is, never the value. */
export interface Revealed {
  readonly version: number;
  /** The version of the stream at which it was appended. */
  readonly at_version: number;
  readonly revealed_at: string;
}

/** The unit was made for another name than the secret has by now. */
export const NAME_CHANGED = 'secret_name_changed';

const VERBS = {
  ChangeSecret: 'change',
  RotateSecret: 'rotate',
  RevealSecret: 'reveal',
  DeliverSecret: 'deliver',
  DeleteSecret: 'delete',
} as const;

export const secretDecider: Decider<SecretState, SecretCommand, SecretEvent> = {
  initialState: initialSecretState,
  evolve: evolveSecretState,
  decide(command, state): Decision<SecretEvent> {
    if (command.type === 'CreateSecret') return create(command, state);
    if (state.status !== 'kept') return unknownSecret(VERBS[command.type], command.data.secret_id);
    switch (command.type) {
      case 'ChangeSecret':
        return change(command, state);
      case 'RotateSecret':
        return rotate(command, state);
      case 'RevealSecret':
        return reveal(command, state);
      case 'DeliverSecret':
        return deliver(command, state);
      case 'DeleteSecret':
        return remove(command, state);
      default:
        return assertNever(command);
    }
  },
};

function create({ data, metadata }: CreateSecretCommand, state: SecretState): Decision<SecretEvent> {
  const { secret_id, name, category, description, value, expires_at } = data;
  if (state.status !== 'unknown' || value === null)
    return reject('conflict', 'secret_exists', `Expected to create secret '${secret_id}', but it was created before`);
  const created_at = metadata.time;
  const event: SecretEvent = {
    type: 'SecretCreated',
    data: { secret_id, name, category, description, value, expires_at: normalised(expires_at), created_at },
  };
  return accept([event], { secret_id, created_at });
}

function change({ data, metadata }: ChangeSecretCommand, state: KeptSecret): Decision<SecretEvent> {
  const { secret_id, value } = data;
  if (value === null) return unknownSecret('change', secret_id);
  const at = metadata.time;
  const expires_at = data.expires_at === undefined ? state.expires_at : normalised(data.expires_at);
  const changed = {
    name: data.name ?? state.name,
    category: data.category ?? state.category,
    description: data.description ?? state.description,
  };
  if (changed.name !== state.name && data.known_name !== state.name) return nameChanged('change', secret_id);
  const events: SecretEvent[] = [];
  const version = state.values.length + (value === undefined ? 0 : 1);
  if (value !== undefined) events.push({ type: 'SecretRotated', data: { secret_id, version, value, expires_at, at } });
  const isOther =
    changed.name !== state.name || changed.category !== state.category || changed.description !== state.description;
  if (isOther || (value === undefined && expires_at !== state.expires_at))
    events.push({ type: 'SecretChanged', data: { secret_id, ...changed, expires_at, at } });
  return accept(events, { secret_id, version, updated_at: events.length > 0 ? at : state.updated_at });
}

function rotate({ data, metadata }: RotateSecretCommand, state: KeptSecret): Decision<SecretEvent> {
  const { secret_id, value } = data;
  if (value === null) return unknownSecret('rotate', secret_id);
  const at = metadata.time;
  const version = state.values.length + 1;
  const expires_at = data.expires_at === undefined ? state.expires_at : normalised(data.expires_at);
  return accept([{ type: 'SecretRotated', data: { secret_id, version, value, expires_at, at } }], {
    ...{ secret_id, version },
    rotated_at: at,
  });
}

function reveal(command: RevealSecretCommand, state: KeptSecret): Decision<SecretEvent> {
  const { secret_id } = command.data;
  const found = valueOf(command, state);
  if (isRejection(found)) return found;
  const { version, revealed_at: at } = found;
  return accept([{ type: 'SecretRevealed', data: { secret_id, version, at } }], found);
}

/** Nobody looks at what an agent is given, so what has expired is not given to it. */
function deliver(command: DeliverSecretCommand, state: KeptSecret): Decision<SecretEvent> {
  const { secret_id, task_id, agent_id } = command.data;
  const found = valueOf(command, state);
  if (isRejection(found)) return found;
  const { version, revealed_at: at } = found;
  if (state.expires_at !== null && Date.parse(state.expires_at) <= Date.parse(at)) {
    const why = `it has expired at ${state.expires_at}`;
    return reject('conflict', 'secret_expired', `Expected to deliver secret '${secret_id}', but ${why}`);
  }
  return accept([{ type: 'SecretDelivered', data: { secret_id, version, task_id, agent_id, at } }], found);
}

function valueOf(
  { type, data, metadata }: RevealSecretCommand | DeliverSecretCommand,
  { values }: KeptSecret,
): Revealed | Rejection {
  const version = data.version ?? values.length;
  const at_version = values[version - 1];
  if (at_version !== undefined) return { version, at_version, revealed_at: metadata.time };
  const what = `Expected to ${VERBS[type]} version ${version} of secret '${data.secret_id}'`;
  return reject('not_found', 'secret_version_not_found', `${what}, but its newest is ${values.length}`, '/version');
}

function remove({ data, metadata }: DeleteSecretCommand, state: KeptSecret): Decision<SecretEvent> {
  const { secret_id, known_name } = data;
  if (known_name !== state.name) return nameChanged('delete', secret_id);
  const deleted_at = metadata.time;
  return accept([{ type: 'SecretDeleted', data: { secret_id, at: deleted_at } }], { secret_id, deleted_at });
}

export function unknownSecret(verb: string, secretId: string): Rejection {
  return reject('not_found', 'secret_not_found', `Expected to ${verb} secret '${secretId}', but there is none`);
}

function nameChanged(verb: string, secretId: string): Rejection {
  return reject(
    'conflict',
    NAME_CHANGED,
    `Expected to ${verb} secret '${secretId}', but its name has changed in the meantime`,
  );
}

/** One spelling of a time, so that times compare as texts. */
function normalised(time: string | null): string | null {
  return time === null ? null : isoTime(Date.parse(time));
}
