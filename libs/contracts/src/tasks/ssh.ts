import { z } from 'zod';
import { event, type EventOf } from '../contract';
import { Id, Time, Word, text } from '../text';

/** The pool of SSH commands: no agent is in it, the built-in runner of service tasks takes what is there. */
export const SSH_POOL = 'ssh';
export const SSH_TASK_TYPE = 'ssh.execute';

const HOST_NAME = /^[A-Za-z0-9_][A-Za-z0-9_-]{0,62}(\.[A-Za-z0-9_-]{1,63})*\.?$/;

/** A host name or an IP address. */
export const Hostname = z.union(
  [z.string().max(253).regex(HOST_NAME), z.ipv6()],
  'must be a host name or an IP address',
);

/** A host key as `ssh-keygen -l` shows it. */
export const HostKey = z
  .string()
  .regex(/^SHA256:[A-Za-z0-9+/]{43}$/, 'must be SHA256: and 43 characters of base64, as ssh-keygen -l shows it');

export const SSH_AUTH_METHODS = ['password', 'private_key'] as const;

/** What is configured of an SSH connection. Secrets stand here by their ids in the vault, never by their values. */
export const SshTerms = z.object({
  name: text(200, 1),
  hostname: Hostname,
  port: z.int().min(1).max(65_535),
  username: text(128, 1),
  auth_method: z.enum(SSH_AUTH_METHODS),
  /** The secret that holds the password, or the private key (OpenSSH or PEM); null: none yet. */
  secret_id: Id.nullable(),
  /** The secret that holds the private key's passphrase. */
  passphrase_secret_id: Id.nullable(),
  /** The only key that the host may show; null: none is pinned, and nothing is executed. */
  host_key: HostKey.nullable(),
  description: text(2_000),
  tags: z
    .array(Word)
    .max(50)
    .refine((tags) => new Set(tags).size === tags.length, 'must not name a tag twice'),
});
export type SshTerms = z.infer<typeof SshTerms>;

/** Why a connection or a command came to nothing. */
export const SSH_ERRORS = [
  /** The settings deny the host's address. */
  'address_denied',
  'host_unknown',
  'host_unreachable',
  /** No answer, or no completed login, in time. */
  'connect_timeout',
  /** What answers speaks no SSH, or none with modern algorithms. */
  'protocol_error',
  'host_key_unpinned',
  'host_key_mismatch',
  'credential_missing',
  /** The vault does not give it. */
  'credential_unavailable',
  /** No private key, or one that its passphrase does not open. */
  'credential_invalid',
  'authentication_failed',
  'connection_deleted',
  'connection_lost',
  /** The host runs no commands for this user. */
  'command_refused',
  'command_timeout',
  'output_flood',
  /** Commands run once: a task that was begun, changed or retried is not carried out. */
  'not_repeatable',
  'runner_stopped',
] as const;
export type SshErrorClass = (typeof SSH_ERRORS)[number];

const CATEGORY = 'sshconnection';
const connection_id = Id;
const Configured = SshTerms.extend({ connection_id, tags: z.array(Word).max(50) });

/** An SSH connection: stream `sshconnection-<uuid>`. */
export const sshConnectionEvents = {
  SshConnectionCreated: event(CATEGORY, 'SshConnectionCreated', 1, Configured.extend({ created_at: Time })),
  /** Always with all that is configured. */
  SshConnectionChanged: event(CATEGORY, 'SshConnectionChanged', 1, Configured.extend({ at: Time })),
  /** The key that the host showed at its first test was accepted. */
  SshHostKeyPinned: event(CATEGORY, 'SshHostKeyPinned', 1, z.object({ connection_id, host_key: HostKey, at: Time })),
  SshConnectionTested: event(
    CATEGORY,
    'SshConnectionTested',
    1,
    z.object({
      connection_id,
      /** `ok`, or the class of error. */
      outcome: Word,
      /** What the host showed, if it came so far. */
      host_key: HostKey.nullable(),
      at: Time,
    }),
  ),
  SshConnectionDeleted: event(CATEGORY, 'SshConnectionDeleted', 1, z.object({ connection_id, at: Time })),
} as const;
export type SshConnectionEvent = EventOf<typeof sshConnectionEvents>;

const NameHeld = z.object({ name: text(200, 1), connection_id });

/** Who holds a name: stream `sshconnectionname-<derivedId('sshconnectionname', name)>`. */
export const sshConnectionNameEvents = {
  SshConnectionNameReserved: event('sshconnectionname', 'SshConnectionNameReserved', 1, NameHeld),
  SshConnectionNameReleased: event('sshconnectionname', 'SshConnectionNameReleased', 1, NameHeld),
} as const;
export type SshConnectionNameEvent = EventOf<typeof sshConnectionNameEvents>;

/** A connection as the log tells it. */
export const SshConnectionDocument = SshTerms.extend({
  connection_id,
  host_key_pinned_at: Time.nullable(),
  tested_at: Time.nullable(),
  /** `ok`, or the class of error of the last test. */
  test_outcome: Word.nullable(),
  created_at: Time,
  updated_at: Time,
});
export type SshConnectionDocument = z.infer<typeof SshConnectionDocument>;

/** The connection after one more event; undefined: there is none (any more). Every reader folds with this function. */
export function evolveSshConnection(
  connection: SshConnectionDocument | undefined,
  event: SshConnectionEvent,
): SshConnectionDocument | undefined {
  if (event.type === 'SshConnectionCreated') {
    const { created_at, ...terms } = event.data;
    const host_key_pinned_at = terms.host_key === null ? null : created_at;
    return { ...terms, host_key_pinned_at, tested_at: null, test_outcome: null, created_at, updated_at: created_at };
  }
  if (!connection) return connection;
  switch (event.type) {
    case 'SshConnectionChanged': {
      const { at, ...terms } = event.data;
      return { ...connection, ...terms, ...pinned(connection, terms.host_key, at), updated_at: at };
    }
    case 'SshHostKeyPinned': {
      const { at, host_key } = event.data;
      return { ...connection, host_key, ...pinned(connection, host_key, at), updated_at: at };
    }
    case 'SshConnectionTested': {
      const { at, outcome } = event.data;
      return { ...connection, tested_at: at, test_outcome: outcome };
    }
    case 'SshConnectionDeleted':
      return undefined;
    default:
      return connection;
  }
}

function pinned(
  before: SshConnectionDocument,
  host_key: string | null,
  at: string,
): Pick<SshConnectionDocument, 'host_key_pinned_at'> {
  if (host_key === before.host_key) return { host_key_pinned_at: before.host_key_pinned_at };
  return { host_key_pinned_at: host_key === null ? null : at };
}
