import { randomUUID } from 'node:crypto';
import {
  changePassword,
  changeProfile,
  changeSecuritySettings,
  changeUser,
  createUser,
  eraseUser,
  findUser,
  openSealed,
  registerUser,
} from '@ao/contracts';
import { isRejection, newId } from '@ao/kernel';
import { eventually } from '@ao/testing';
import {
  HERE,
  PASSWORD,
  elsewhere,
  newEmail,
  originAt,
  refused,
  startIdentity,
  tokensOf,
  type IdentityHarness,
} from './identity-harness';

let identity: IdentityHarness;
beforeAll(async () => {
  identity = await startIdentity();
});
afterAll(() => identity?.stop());
const refresh = (refresh_token: string) => identity.refresh(refresh_token);

describe('users', () => {
  it('should be registered once per address, whatever its case, and found by it', async () => {
    const email = newEmail();
    const register = (address: string) =>
      identity.ask(registerUser, {
        ...{ email: address, password: PASSWORD, full_name: 'Ada' },
        origin: originAt(elsewhere()),
      });
    const results = await Promise.all([register(email), register(email.toUpperCase()), register(email)]);
    const registered = results.flatMap((result) => (isRejection(result) ? [] : [result.result.user_id]));
    expect(registered).toHaveLength(1);
    expect(results.filter((result) => isRejection(result) && result.code === 'email_taken')).toHaveLength(2);
    await expect(identity.expectDone(findUser, { email: ` ${email}`.trim().toUpperCase() })).resolves.toEqual({
      user_id: registered[0],
    });
    await expect(identity.expectDone(findUser, { email: 'nobody@example.org' })).resolves.toEqual({ user_id: null });
  });

  it('should give a repeated command its first answer, and refuse its id for another', async () => {
    const command_id = newId();
    const data = { email: newEmail(), password: PASSWORD, full_name: 'Grace', role: 'operator' as const };
    const first = await identity.expectDone(createUser, data, { command_id });
    await expect(identity.expectDone(createUser, data, { command_id })).resolves.toEqual(first);
    for (const other of [{ password: 'another long password' }, { full_name: 'Another' }, { role: 'viewer' as const }])
      await expect(identity.ask(createUser, { ...data, ...other }, { command_id })).resolves.toMatchObject({
        kind: 'rejected',
        code: expect.stringMatching(/^(idempotency_key_reused|email_taken)$/) as string,
      });
  });

  it('should refuse a password by the policy, naming the field and not the password', async () => {
    const rejection = await identity.ask(createUser, {
      ...{ email: newEmail(), password: 'qwertyuiop', full_name: 'A', role: 'viewer' as const },
    });
    expect(rejection).toMatchObject({ code: 'password_policy', pointer: '/password' });
    expect(JSON.stringify(rejection)).not.toContain('qwertyuiop');
  });

  it('should keep nothing personal and no secret in clear anywhere in the database', async () => {
    const canary = randomUUID().replaceAll('-', '');
    const email = `${canary}a@example.org`;
    const password = `${canary}b long enough`;
    const user_id = (
      await identity.expectDone(registerUser, {
        ...{ email, password, full_name: `${canary}c` },
        origin: { address: HERE, user_agent: `${canary}d` },
      })
    ).user_id;
    const { session_id, refresh_token } = await identity.granted({ email, password });
    await identity.logIn({ email, password: `${canary}e` });
    await identity.expectDone(changeProfile, { user_id, full_name: `${canary}f` });
    const tables = await identity.pool.query<{ text: string }>(
      `select coalesce(string_agg(data::text || metadata::text || stream_id, ''), '') as text from event_log.events
       union all select coalesce(string_agg(c::text, ''), '') from event_log.commands c
       union all select coalesce(string_agg(f::text, ''), '') from identity.login_failures f
       union all select coalesce(string_agg(o::text, ''), '') from identity.known_origins o`,
    );
    const dump = tables.rows.map(({ text }) => text).join('\n') + identity.stack.service('identity').output.join('\n');
    for (const secret of [canary, HERE, refresh_token]) expect(dump).not.toContain(secret);
    // The control: what is kept is there.
    expect(dump).toContain(user_id);
    expect(dump).toContain(session_id);
  });

  it('should be erased: the address is free, nothing can be read any more, to ask again is no fault', async () => {
    const email = newEmail();
    const user_id = await identity.user('viewer', email);
    const { refresh_token } = await identity.granted({ email, password: PASSWORD });
    const email_sealed = (await identity.told(`user-${user_id}`))[0]!.data.email as string;
    const open = () => identity.expectDone(openSealed, { items: [{ sealed: email_sealed, context: 'email' }] });
    await expect(open()).resolves.toEqual({ texts: [email] });
    const erased = await identity.expectDone(eraseUser, { user_id });
    await expect(identity.expectDone(eraseUser, { user_id })).resolves.toEqual(erased);
    await expect(open()).resolves.toEqual({ texts: [null] });
    expect(await identity.logIn({ email, password: PASSWORD })).toEqual(refused('invalid_credentials'));
    expect(await refresh(refresh_token)).toEqual(refused('invalid_refresh_token'));
    expect(await identity.user('viewer', email)).not.toBe(user_id);
  });
});

describe('the last active admin', () => {
  it('should stay, whoever tries what at once', async () => {
    const { email } = identity.stack.admin;
    const first = (await identity.expectDone(findUser, { email })).user_id!;
    await expect(identity.ask(changeUser, { user_id: first, disabled: true })).resolves.toMatchObject({
      code: 'last_admin',
    });
    const replica = await identity.secondReplica();
    const others = await Promise.all(Array.from({ length: 3 }, () => identity.user('admin', newEmail())));
    const everybody = [first, ...others];
    const results = await Promise.all(
      everybody.map((user_id, index) =>
        index === 1
          ? identity.ask(eraseUser, { user_id })
          : identity.ask(changeUser, index % 2 ? { user_id, disabled: true } : { user_id, role: 'viewer' }),
      ),
    );
    expect(results.filter((result) => !isRejection(result))).toHaveLength(3);
    const [left] = results.filter(isRejection);
    expect(left).toMatchObject({ code: 'last_admin' });
    // So that the other tests have one: the first is made an admin again, by the one that was left.
    await identity.expectDone(changeUser, { user_id: first, role: 'admin', disabled: false });
    await replica.kill();
  });
});

describe('registration', () => {
  it('should be closed by the settings', async () => {
    await identity.expectDone(changeSecuritySettings, { registration_open: false });
    const data = { email: newEmail(), password: PASSWORD, full_name: 'Ada', origin: originAt(elsewhere()) };
    await expect(identity.ask(registerUser, data)).resolves.toMatchObject({
      ...{ rejection: 'forbidden', code: 'registration_closed' },
    });
    await identity.expectDone(changeSecuritySettings, { registration_open: true });
    await identity.expectDone(registerUser, data);
  });
});

describe('changing the password', () => {
  it('should need the present one, end all sessions, and give its answer again', async () => {
    const email = newEmail();
    const user_id = await identity.user('viewer', email);
    const sessions = [
      await identity.granted({ email, password: PASSWORD }),
      await identity.granted({ email, password: PASSWORD }),
    ];
    const new_password = 'another long password';
    const data = { user_id, current_password: PASSWORD, new_password, origin: originAt(elsewhere()) };
    await expect(identity.ask(changePassword, { ...data, current_password: 'wrong' })).resolves.toMatchObject({
      ...{ rejection: 'forbidden', code: 'wrong_password', pointer: '/current_password' },
    });
    await expect(identity.ask(changePassword, { ...data, new_password: 'short' })).resolves.toMatchObject({
      ...{ code: 'password_policy', pointer: '/new_password' },
    });
    // The control: until it has changed, they go on.
    tokensOf(await refresh(sessions[0]!.refresh_token));

    const command_id = newId();
    const changed = await identity.expectDone(changePassword, data, { command_id });
    await expect(identity.expectDone(changePassword, data, { command_id })).resolves.toEqual(changed);
    for (const { refresh_token } of sessions)
      expect(await refresh(refresh_token)).toEqual(refused('invalid_refresh_token'));
    expect(await identity.logIn({ email, password: PASSWORD })).toEqual(refused('invalid_credentials'));
    await identity.granted({ email, password: new_password });
  });

  it('should be throttled', async () => {
    const user_id = await identity.user('viewer', newEmail());
    const guess = () =>
      identity.ask(changePassword, {
        ...{ user_id, current_password: 'wrong', new_password: 'another long password' },
        origin: originAt(elsewhere()),
      });
    for (let guesses = 0; guesses < 10; guesses += 1) await guess();
    await expect(guess()).resolves.toMatchObject({
      rejection: 'throttled',
      retry_after_seconds: expect.any(Number) as number,
    });
    await eventually(async () => {
      const { rows } = await identity.pool.query<{ code: string }>(
        `select data ->> 'code' as code from event_log.events where type = 'AccessRefused' and data ->> 'user_id' = $1`,
        [user_id],
      );
      expect(rows.map(({ code }) => code)).toContain('wrong_password');
    });
  });
});

describe('the first administrator', () => {
  it('should be made once, and keep the password it chose', async () => {
    const { email, password } = identity.stack.admin;
    const user_id = (await identity.expectDone(findUser, { email })).user_id!;
    const new_password = 'another long password';
    await identity.expectDone(changePassword, {
      ...{ user_id, current_password: password, new_password },
      origin: originAt(elsewhere()),
    });
    await identity.stack.restart('identity');
    expect(await identity.logIn({ email, password })).toEqual(refused('invalid_credentials'));
    expect((await identity.granted({ email, password: new_password })).user_id).toBe(user_id);
    expect((await identity.typesOf(`user-${user_id}`)).filter((type) => type === 'UserRegistered')).toHaveLength(1);
  });
});
