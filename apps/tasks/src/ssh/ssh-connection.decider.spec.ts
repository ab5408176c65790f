import type { SshConnectionEvent, SshTerms } from '@ao/contracts';
import { deciderSpec, testCommand } from '@ao/kernel/testing';
import { SSH_NAME_CHANGED, sshConnectionDecider, type SshConnectionCommand } from './ssh-connection.decider';

const ID = '01900000-0000-7000-8000-000000000001';
const SECRET = '01900000-0000-7000-8000-00000000000a';
const T0 = '2026-01-01T00:00:00.000Z';
const T1 = '2026-01-01T00:00:01.000Z';
const KEY = `SHA256:${'k'.repeat(43)}`;
const OTHER_KEY = `SHA256:${'o'.repeat(43)}`;

const terms: SshTerms = {
  ...{ name: 'web-1', hostname: 'web-1.internal', port: 22, username: 'deploy', auth_method: 'private_key' },
  ...{ secret_id: SECRET, passphrase_secret_id: SECRET, host_key: KEY, description: '', tags: [] },
};
const created = (changes: Partial<SshTerms> = {}): SshConnectionEvent => ({
  type: 'SshConnectionCreated',
  data: { connection_id: ID, ...terms, ...changes, created_at: T0 },
});
const changed = (changes: Partial<SshTerms>): SshConnectionEvent => ({
  type: 'SshConnectionChanged',
  data: { connection_id: ID, ...terms, ...changes, at: T1 },
});
const tested = (outcome: string, host_key: string | null = KEY): SshConnectionEvent => ({
  type: 'SshConnectionTested',
  data: { connection_id: ID, outcome, host_key, at: T1 },
});
const deleted: SshConnectionEvent = { type: 'SshConnectionDeleted', data: { connection_id: ID, at: T1 } };

const create = (changes: Partial<SshTerms> = {}) =>
  testCommand('CreateSshConnection', { connection_id: ID, ...terms, ...changes }, { time: T0 });
const change = (changes: Partial<SshTerms>, known_name = terms.name) =>
  testCommand('ChangeSshConnection', { connection_id: ID, known_name, ...changes }, { time: T1 });
const test = (changes: object = {}) =>
  testCommand(
    'RecordSshTest',
    {
      ...{ connection_id: ID, outcome: 'ok', host_key: KEY, hostname: terms.hostname, port: terms.port },
      ...{ accept_host_key: false, ...changes },
    },
    { time: T1 },
  );
const remove = (known_name = terms.name) =>
  testCommand('DeleteSshConnection', { connection_id: ID, known_name }, { time: T1 });

const { given } = deciderSpec(sshConnectionDecider);

describe('configuring an SSH connection', () => {
  it('should keep it, once', () => {
    expect(given().when(create()).then(created())).toEqual({ connection_id: ID, created_at: T0 });
    given(created()).when(create()).thenRejected({ rejection: 'conflict', code: 'ssh_connection_exists' });
  });

  it('should change what is named and leave the rest, or nothing', () => {
    expect(
      given(created())
        .when(change({ tags: ['production'] }))
        .then(changed({ tags: ['production'] })),
    ).toEqual({
      ...{ connection_id: ID, updated_at: T1 },
    });
    expect(
      given(created())
        .when(change({ ...terms }))
        .then(),
    ).toEqual({ connection_id: ID, updated_at: T0 });
  });

  it('should unpin the key of a host that is another now, unless its own is given', () => {
    given(created())
      .when(change({ hostname: 'web-2.internal' }))
      .then(changed({ hostname: 'web-2.internal', host_key: null }));
    given(created())
      .when(change({ port: 2_222 }))
      .then(changed({ port: 2_222, host_key: null }));
    const given_key = { port: 2_222, host_key: OTHER_KEY };
    given(created()).when(change(given_key)).then(changed(given_key));
    given(created())
      .when(change({ hostname: terms.hostname }))
      .then();
  });

  it('should forget the passphrase of a key that is none any more', () => {
    const by_password = { auth_method: 'password', passphrase_secret_id: null } as const;
    given(created())
      .when(change({ auth_method: 'password' }))
      .then(changed(by_password));
  });

  it('rejects a passphrase of a password', () => {
    const expected = { rejection: 'invalid', pointer: '/passphrase_secret_id' } as const;
    given()
      .when(create({ auth_method: 'password' }))
      .thenRejected(expected);
    given(created({ auth_method: 'password', passphrase_secret_id: null }))
      .when(change({ passphrase_secret_id: SECRET }))
      .thenRejected(expected);
  });

  it('rejects when the reservations are for a name it no longer has', () => {
    const moved = [created(), changed({ name: 'moved' })];
    given(...moved)
      .when(change({ name: 'other' }))
      .thenRejected({ code: SSH_NAME_CHANGED });
    given(...moved)
      .when(remove())
      .thenRejected({ code: SSH_NAME_CHANGED });
    given(...moved)
      .when(change({ description: 'else' }))
      .thenTypes('SshConnectionChanged');
  });
});

describe('testing an SSH connection', () => {
  it('should keep the outcome, and say whether the key is the pinned one', () => {
    expect(given(created()).when(test()).then(tested('ok'))).toEqual({ pinned: true });
    const mismatch = { outcome: 'host_key_mismatch', host_key: OTHER_KEY };
    expect(given(created()).when(test(mismatch)).then(tested('host_key_mismatch', OTHER_KEY))).toEqual({
      pinned: false,
    });
    expect(
      given(created())
        .when(test({ outcome: 'host_unreachable', host_key: null }))
        .then(tested('host_unreachable', null)),
    ).toEqual({ pinned: false });
  });

  it('should pin the key that is accepted, where none is pinned', () => {
    const pinned: SshConnectionEvent = {
      type: 'SshHostKeyPinned',
      data: { connection_id: ID, host_key: KEY, at: T1 },
    };
    const accept = test({ accept_host_key: true });
    expect(
      given(created({ host_key: null }))
        .when(accept)
        .then(pinned, tested('ok')),
    ).toEqual({ pinned: true });
    expect(
      given(created({ host_key: null }))
        .when(test())
        .then(tested('ok')),
    ).toEqual({ pinned: false });
    // A key that has changed is never taken over.
    given(created({ host_key: OTHER_KEY }))
      .when(accept)
      .then(tested('ok'));
    given(created({ host_key: null }), pinned)
      .when(accept)
      .then(tested('ok'));
  });

  it('rejects what was seen of a host that it no longer is', () => {
    const expected = { rejection: 'conflict', code: 'ssh_connection_changed' } as const;
    given(created(), changed({ hostname: 'web-2.internal', host_key: null }))
      .when(test({ accept_host_key: true }))
      .thenRejected(expected);
    given(created())
      .when(test({ port: 2_222 }))
      .thenRejected(expected);
  });
});

it('should be deleted, and then there is none', () => {
  expect(given(created()).when(remove()).then(deleted)).toEqual({ connection_id: ID, deleted_at: T1 });
  const commands: SshConnectionCommand[] = [change({}), test(), remove()];
  for (const command of commands) {
    const expected = { rejection: 'not_found', code: 'ssh_connection_not_found' } as const;
    given().when(command).thenRejected(expected);
    given(created(), deleted).when(command).thenRejected(expected);
  }
});
