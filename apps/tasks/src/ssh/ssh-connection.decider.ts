import {
  evolveSshConnection,
  schemaVersionsOf,
  sshConnectionEvents,
  type SshConnectionDocument,
  type SshConnectionEvent,
  type SshTerms,
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

/** Undefined: there is none (any more). */
export type SshConnectionState = SshConnectionDocument | undefined;

export type CreateSshConnection = Command<'CreateSshConnection', SshTerms & { readonly connection_id: string }>;
/** What is absent stays as it is. */
export type ChangeSshConnection = Command<
  'ChangeSshConnection',
  Partial<SshTerms> & {
    readonly connection_id: string;
    /** The name that the reservations in the same unit take it to have. */
    readonly known_name: string;
  }
>;
export type RecordSshTest = Command<
  'RecordSshTest',
  {
    readonly connection_id: string;
    readonly outcome: string;
    /** What the host showed, and where it was asked. */
    readonly host_key: string | null;
    readonly hostname: string;
    readonly port: number;
    /** It is to be pinned where none is. */
    readonly accept_host_key: boolean;
  }
>;
export type DeleteSshConnection = Command<
  'DeleteSshConnection',
  { readonly connection_id: string; readonly known_name: string }
>;
export type SshConnectionCommand = CreateSshConnection | ChangeSshConnection | RecordSshTest | DeleteSshConnection;

/** The unit was made for another name than the connection has by now. */
export const SSH_NAME_CHANGED = 'ssh_connection_name_changed';

export const sshConnectionDecider: Decider<SshConnectionState, SshConnectionCommand, SshConnectionEvent> = {
  initialState: () => undefined,
  evolve: evolveSshConnection,
  decide(command, connection): Decision<SshConnectionEvent> {
    const { type } = command;
    if (type === 'CreateSshConnection') return create(command, connection);
    const { connection_id } = command.data;
    if (!connection) return unknownConnection(VERBS[type], connection_id);
    switch (type) {
      case 'ChangeSshConnection':
        return change(command, connection);
      case 'RecordSshTest':
        return recordTest(command, connection);
      case 'DeleteSshConnection': {
        if (command.data.known_name !== connection.name) return nameChanged('delete', connection_id);
        const deleted_at = command.metadata.time;
        return accept([{ type: 'SshConnectionDeleted', data: { connection_id, at: deleted_at } }], {
          connection_id,
          deleted_at,
        });
      }
      default:
        return assertNever(type);
    }
  },
};

const VERBS = { ChangeSshConnection: 'change', RecordSshTest: 'test', DeleteSshConnection: 'delete' } as const;

function create({ data, metadata }: CreateSshConnection, connection: SshConnectionState): Decision<SshConnectionEvent> {
  const { connection_id } = data;
  if (connection) {
    const why = 'it was created before';
    return reject('conflict', 'ssh_connection_exists', `Expected to create '${connection_id}', but ${why}`);
  }
  const created_at = metadata.time;
  const wrong = whyNot(data);
  return (
    wrong ?? accept([{ type: 'SshConnectionCreated', data: { ...data, created_at } }], { connection_id, created_at })
  );
}

function change({ data, metadata }: ChangeSshConnection, before: SshConnectionDocument): Decision<SshConnectionEvent> {
  const { connection_id, known_name, ...changes } = data;
  const old = termsOf(before);
  const moved = (changes.hostname ?? old.hostname) !== old.hostname || (changes.port ?? old.port) !== old.port;
  const byKey = (changes.auth_method ?? old.auth_method) === 'private_key';
  const terms: SshTerms = {
    ...old,
    // The key was that of the host before, and a passphrase is of a private key.
    ...(moved && { host_key: null }),
    ...(!byKey && { passphrase_secret_id: null }),
    ...changes,
  };
  if (terms.name !== old.name && known_name !== old.name) return nameChanged('change', connection_id);
  const wrong = whyNot(terms);
  if (wrong) return wrong;
  if (isSameJson(terms, old)) return accept([], { connection_id, updated_at: before.updated_at });
  const at = metadata.time;
  return accept([{ type: 'SshConnectionChanged', data: { connection_id, ...terms, at } }], {
    connection_id,
    updated_at: at,
  });
}

function recordTest(
  { data, metadata }: RecordSshTest,
  connection: SshConnectionDocument,
): Decision<SshConnectionEvent> {
  const { connection_id, outcome, host_key, accept_host_key, hostname, port } = data;
  const at = metadata.time;
  if (connection.hostname !== hostname || connection.port !== port) {
    const why = 'its host was changed meanwhile';
    return reject(
      'conflict',
      'ssh_connection_changed',
      `Expected to test SSH connection '${connection_id}', but ${why}`,
    );
  }
  const events: SshConnectionEvent[] = [];
  if (accept_host_key && host_key !== null && connection.host_key === null)
    events.push({ type: 'SshHostKeyPinned', data: { connection_id, host_key, at } });
  events.push({ type: 'SshConnectionTested', data: { connection_id, outcome, host_key, at } });
  return accept(events, { pinned: events.length > 1 || (host_key !== null && host_key === connection.host_key) });
}

function whyNot({ auth_method, passphrase_secret_id }: SshTerms): Rejection | undefined {
  if (auth_method === 'private_key' || passphrase_secret_id === null) return undefined;
  const message = 'Expected a passphrase with a private key alone, but the login is by password';
  return reject('invalid', 'passphrase_without_key', message, '/passphrase_secret_id');
}

function termsOf(connection: SshConnectionDocument): SshTerms {
  const { name, hostname, port, username, auth_method, secret_id, passphrase_secret_id } = connection;
  const { host_key, description, tags } = connection;
  return {
    ...{ name, hostname, port, username, auth_method, secret_id, passphrase_secret_id },
    ...{ host_key, description, tags },
  };
}

export function unknownConnection(verb: string, connectionId: string): Rejection {
  const message = `Expected to ${verb} SSH connection '${connectionId}', but there is none`;
  return reject('not_found', 'ssh_connection_not_found', message);
}

function nameChanged(verb: string, connectionId: string): Rejection {
  const message = `Expected to ${verb} SSH connection '${connectionId}', but its name has changed in the meantime`;
  return reject('conflict', SSH_NAME_CHANGED, message);
}

/** Stream `sshconnection-<uuid>`. */
export const sshConnectionAggregate: Aggregate<SshConnectionState, SshConnectionCommand, SshConnectionEvent> = {
  category: 'sshconnection',
  decider: sshConnectionDecider,
  schemaVersions: schemaVersionsOf(sshConnectionEvents),
  freshIds: 0,
};
