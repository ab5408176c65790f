import { randomUUID } from 'node:crypto';
import {
  changePassword,
  changeProfile,
  changeSecuritySettings,
  changeUser,
  createUser,
  disableMfa,
  endSession,
  eraseUser,
  findUser,
  openSealed,
  refreshSession,
  registerUser,
  startMfa,
  verifyMfa,
  type TokenOutcome,
} from '@ao/contracts';
import { createEventLog } from '@ao/event-log';
import { isRejection, newId } from '@ao/kernel';
import { eventually } from '@ao/testing';
import { decodeJwt } from 'jose';
import { Secret, TOTP } from 'otpauth';
import { HERE, PASSWORD, originAt, startIdentity, testMetadata, type IdentityHarness } from './logins-harness';

let identity: IdentityHarness;
beforeAll(async () => {
  identity = await startIdentity();
});
afterAll(() => identity?.stop());

let addresses = 0;
/** An address that no test has used before. */
const elsewhere = () => `203.0.113.${(addresses += 1)}`;
let people = 0;
const newEmail = () => `person-${(people += 1)}@example.org`;

const refresh = (refresh_token: string, metadata = {}) =>
  identity.expectDone(refreshSession, { refresh_token, origin: originAt(HERE) }, metadata);
const refused = (code: string) => ({ outcome: 'refused', code });
const tokensOf = (outcome: TokenOutcome) => {
  if (outcome.outcome !== 'granted') throw new Error(JSON.stringify(outcome));
  return outcome.tokens;
};
/** The session has been refreshed so long ago, as far as its stream tells. */
async function refreshedAgo(session_id: string, generation: number, milliseconds: number): Promise<void> {
  const log = createEventLog({ pool: identity.pool });
  const at = new Date(Date.now() - milliseconds).toISOString();
  await log.append({
    streams: [
      {
        stream_id: `session-${session_id}`,
        events: [{ type: 'SessionRefreshed', schema_version: 1, data: { session_id, generation, at } }],
      },
    ],
    metadata: testMetadata(),
    command_hash: '0'.repeat(64),
    result: null,
  });
  await log.close();
}

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
    const user_id = await identity.createUser(email);
    const { refresh_token } = await identity.granted({ email, password: PASSWORD });
    const email_sealed = (await identity.told(`user-${user_id}`))[0]!.data.email as string;
    const open = () => identity.expectDone(openSealed, { items: [{ sealed: email_sealed, context: 'email' }] });
    await expect(open()).resolves.toEqual({ texts: [email] });
    const erased = await identity.expectDone(eraseUser, { user_id });
    await expect(identity.expectDone(eraseUser, { user_id })).resolves.toEqual(erased);
    await expect(open()).resolves.toEqual({ texts: [null] });
    expect(await identity.logIn({ email, password: PASSWORD })).toEqual(refused('invalid_credentials'));
    expect(await refresh(refresh_token)).toEqual(refused('invalid_refresh_token'));
    expect(await identity.createUser(email)).not.toBe(user_id);
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
    const others = await Promise.all(Array.from({ length: 3 }, () => identity.createUser(newEmail(), 'admin')));
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

describe('logging in', () => {
  it('should begin a session whose tokens say what they must', async () => {
    const email = newEmail();
    const user_id = await identity.createUser(email);
    const tokens = await identity.granted({ email: email.toUpperCase(), password: PASSWORD });
    expect(tokens).toMatchObject({ user_id, expires_in: 900, mfa_setup_required: false });
    expect(decodeJwt(tokens.access_token)).toMatchObject({
      ...{ kind: 'user', sub: user_id, sid: tokens.session_id, mfa: false },
    });
    expect(await identity.typesOf(`session-${tokens.session_id}`)).toEqual(['SessionStarted']);
    const { rows } = await identity.pool.query<{ actor: unknown; address: string }>(
      `select metadata -> 'actor' as actor, metadata ->> 'address' as address from event_log.events where stream_id = $1`,
      [`session-${tokens.session_id}`],
    );
    expect(rows[0]).toMatchObject({ actor: { type: 'user', id: user_id } });
    await expect(
      identity.expectDone(openSealed, { items: [{ sealed: rows[0]!.address, context: 'address' }] }),
    ).resolves.toEqual({ texts: [HERE] });
  });

  it('should give a repeated command tokens of the same session', async () => {
    const email = newEmail();
    await identity.createUser(email);
    const command_id = newId();
    const given = { email, password: PASSWORD };
    const [first, second] = [
      tokensOf(await identity.logIn(given, HERE, { command_id })),
      tokensOf(await identity.logIn(given, HERE, { command_id })),
    ];
    expect(second.session_id).toBe(first.session_id);
    expect(second.refresh_token).toBe(first.refresh_token);
  });

  it('should answer alike for a wrong password, nobody, somebody disabled, and no address at all', async () => {
    const email = newEmail();
    const user_id = await identity.createUser(email);
    await identity.expectDone(changeUser, { user_id, disabled: true });
    for (const given of [
      { email, password: PASSWORD },
      { email: newEmail(), password: PASSWORD },
      { email: identity.stack.admin.email, password: PASSWORD },
      { email: '\u0000 \ud800 not an address', password: PASSWORD },
      { email },
      { mfa_token: 'x', totp_code: '123456' },
      {},
    ])
      expect(await identity.logIn(given, elsewhere())).toEqual(refused('invalid_credentials'));
  });

  it('should record what was refused, with the address sealed', async () => {
    const email = newEmail();
    await identity.createUser(email);
    await identity.logIn({ email, password: 'not the password' }, elsewhere());
    await eventually(async () => {
      const { rows } = await identity.pool.query<{ data: Record<string, unknown> }>(
        `select data from event_log.events where type = 'AccessRefused' and data ->> 'code' = 'invalid_credentials'`,
      );
      expect(rows.map(({ data }) => data)).toContainEqual(
        expect.objectContaining({ kind: 'login', address: expect.stringMatching(/^s1\./) as string }),
      );
    });
  });

  it('should take about the same time for nobody as for somebody', async () => {
    const email = newEmail();
    await identity.createUser(email);
    await identity.expectDone(changeSecuritySettings, { login_failures_per_account: 1_000 });
    const times = { known: [] as number[], unknown: [] as number[] };
    for (let round = 0; round < 20; round += 1)
      for (const kind of ['known', 'unknown'] as const) {
        const began = performance.now();
        const given = { email: kind === 'known' ? email : newEmail(), password: 'not the password' };
        expect(await identity.logIn(given, elsewhere())).toEqual(refused('invalid_credentials'));
        times[kind].push(performance.now() - began);
      }
    await identity.expectDone(changeSecuritySettings, { login_failures_per_account: 10 });
    const median = (values: number[]) => values.sort((left, right) => left - right)[10]!;
    const [known, unknown] = [median(times.known), median(times.unknown)];
    expect(unknown).toBeGreaterThan(known / 2);
    expect(known).toBeGreaterThan(unknown / 2);
  });
});

describe('throttling', () => {
  it('should refuse after too many failures of an account, but not where its owner has been before', async () => {
    const email = newEmail();
    await identity.createUser(email);
    const home = elsewhere();
    await identity.granted({ email, password: PASSWORD }, home);
    const wrong = { email, password: 'not the password' };
    const guesses = await Promise.all(Array.from({ length: 40 }, () => identity.logIn(wrong, elsewhere())));
    const compared = guesses.filter((guess) => guess.outcome === 'refused' && guess.code === 'invalid_credentials');
    // As many as the limit, and at most one more for each slot beside the one that reached it.
    expect(compared.length).toBeGreaterThanOrEqual(10);
    expect(compared.length).toBeLessThanOrEqual(13);
    const outcome = await identity.logIn({ email, password: PASSWORD }, elsewhere());
    expect(outcome).toMatchObject(refused('throttled'));
    expect(outcome).toHaveProperty('retry_after_seconds', expect.any(Number));
    await identity.granted({ email, password: PASSWORD }, home);

    // When the window is over, anywhere again.
    await identity.pool.query(`update identity.login_failures set window_ends_at = clock_timestamp()`);
    await identity.granted({ email, password: PASSWORD }, elsewhere());
  });

  it('should not tell whether there is such an account', async () => {
    const email = newEmail();
    for (let guess = 0; guess < 10; guess += 1)
      expect(await identity.logIn({ email, password: 'x' }, elsewhere())).toEqual(refused('invalid_credentials'));
    expect(await identity.logIn({ email, password: 'x' }, elsewhere())).toMatchObject(refused('throttled'));
  });

  it('should refuse an address that has failed too often, for whatever accounts', async () => {
    const from = elsewhere();
    await identity.expectDone(changeSecuritySettings, { login_failures_per_address: 5 });
    for (let guess = 0; guess < 5; guess += 1)
      expect(await identity.logIn({ email: newEmail(), password: 'x' }, from)).toEqual(refused('invalid_credentials'));
    expect(await identity.logIn({ email: newEmail(), password: 'x' }, from)).toMatchObject(refused('throttled'));
    expect(await identity.logIn({ email: newEmail(), password: 'x' }, elsewhere())).toEqual(
      refused('invalid_credentials'),
    );
    await identity.expectDone(changeSecuritySettings, { login_failures_per_address: 50 });
  });
});

describe('refreshing', () => {
  it('should give 50 who come at once the same successor, at two replicas', async () => {
    const email = newEmail();
    await identity.createUser(email);
    const replica = await identity.secondReplica();
    const { refresh_token, session_id } = await identity.granted({ email, password: PASSWORD });
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => refresh(refresh_token)));
    expect(new Set(outcomes.map((outcome) => tokensOf(outcome).refresh_token)).size).toBe(1);
    expect(await identity.typesOf(`session-${session_id}`)).toEqual(['SessionStarted', 'SessionRefreshed']);
    const next = tokensOf(await refresh(tokensOf(outcomes[0]!).refresh_token));
    expect(next.session_id).toBe(session_id);
    await replica.kill();
  });

  it('should end the session when a token comes again after the grace, and not before', async () => {
    const email = newEmail();
    await identity.createUser(email);
    for (const [milliseconds, ends] of [
      [5_000, false],
      [11_000, true],
    ] as const) {
      const { refresh_token, session_id } = await identity.granted({ email, password: PASSWORD });
      await refreshedAgo(session_id, 1, milliseconds);
      const outcome = await refresh(refresh_token);
      expect(outcome.outcome).toBe(ends ? 'refused' : 'granted');
      const types = await identity.typesOf(`session-${session_id}`);
      expect(types).toEqual(['SessionStarted', 'SessionRefreshed', ...(ends ? ['SessionEnded'] : [])]);
      if (!ends) continue;
      expect((await identity.told(`session-${session_id}`)).at(-1)!.data).toMatchObject({
        reason: 'refresh_token_reused',
      });
    }
  });

  it('should refuse forged tokens and change nothing', async () => {
    const email = newEmail();
    await identity.createUser(email);
    const { refresh_token, session_id, access_token } = await identity.granted({ email, password: PASSWORD });
    const other = await identity.granted({ email, password: PASSWORD });
    const proof = refresh_token.split('_').at(-1)!;
    for (const token of [
      refresh_token.replace('_0_', '_1_'),
      refresh_token.replace(proof, 'A'.repeat(43)),
      refresh_token.replace(session_id.replaceAll('-', ''), other.session_id.replaceAll('-', '')),
      refresh_token.replace(session_id.replaceAll('-', ''), '0'.repeat(32)),
      access_token,
      'x',
    ])
      expect(await refresh(token.slice(0, 1_024))).toEqual(refused('invalid_refresh_token'));
    expect(await identity.typesOf(`session-${session_id}`)).toEqual(['SessionStarted']);
    tokensOf(await refresh(refresh_token));
  });

  it('should end with the session, and the session only for its user', async () => {
    const email = newEmail();
    const user_id = await identity.createUser(email);
    const { refresh_token, session_id } = await identity.granted({ email, password: PASSWORD });
    await expect(identity.ask(endSession, { session_id, user_id: newId(), reason: 'revoked' })).resolves.toMatchObject({
      code: 'session_not_found',
    });
    const ended = await identity.expectDone(endSession, { session_id, user_id, reason: 'logged_out' });
    await expect(identity.expectDone(endSession, { session_id, reason: 'revoked' })).resolves.toEqual(ended);
    expect(await refresh(refresh_token)).toEqual(refused('invalid_refresh_token'));
  });

  it('should end with being disabled, for good', async () => {
    const email = newEmail();
    const user_id = await identity.createUser(email);
    const { refresh_token } = await identity.granted({ email, password: PASSWORD });
    await identity.expectDone(changeUser, { user_id, disabled: true });
    expect(await refresh(refresh_token)).toEqual(refused('invalid_refresh_token'));
    await identity.expectDone(changeUser, { user_id, disabled: false });
    expect(await refresh(refresh_token)).toEqual(refused('invalid_refresh_token'));
    await identity.granted({ email, password: PASSWORD });
  });
});

describe('changing the password', () => {
  it('should need the present one, end all sessions, and give its answer again', async () => {
    const email = newEmail();
    const user_id = await identity.createUser(email);
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
    const user_id = await identity.createUser(newEmail());
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
  });
});

describe('MFA', () => {
  const codeOf = (secret: string, steps = 0) =>
    new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: Date.now() + steps * 30_000 });
  async function withMfa(role: 'viewer' | 'operator' = 'viewer') {
    const email = newEmail();
    const user_id = await identity.createUser(email, role);
    const { secret, otpauth_url, qr_code } = await identity.expectDone(startMfa, { user_id });
    expect(otpauth_url).toContain(secret);
    expect(qr_code).toMatch(/^data:image\/png;base64,/);
    const { recovery_codes } = await identity.expectDone(verifyMfa, { user_id, code: codeOf(secret, -1) });
    return { email, user_id, secret, recovery_codes, password: PASSWORD };
  }

  it('should ask for a code, take each once, and stand for the password in the second step', async () => {
    const { email, password, secret, recovery_codes } = await withMfa();
    expect(recovery_codes).toHaveLength(10);
    const first = await identity.logIn({ email, password });
    if (first.outcome !== 'mfa_required') throw new Error(first.outcome);
    const { mfa_token } = first;
    expect(await identity.logIn({ mfa_token, totp_code: '000000' })).toEqual(refused('invalid_mfa_code'));
    const totp_code = codeOf(secret);
    const tokens = await identity.granted({ mfa_token, totp_code });
    expect(decodeJwt(tokens.access_token)).toMatchObject({ mfa: true });
    // A replay, at either door.
    expect(await identity.logIn({ mfa_token, totp_code })).toEqual(refused('invalid_mfa_code'));
    expect(await identity.logIn({ email, password, totp_code })).toEqual(refused('invalid_mfa_code'));
    await identity.granted({ email, password, totp_code: codeOf(secret, 1) });
    const recovery_code = recovery_codes[4]!;
    await identity.granted({ email, password, recovery_code });
    expect(await identity.logIn({ email, password, recovery_code })).toEqual(refused('invalid_mfa_code'));
  });

  it('should let one of many logins with one code at once in', async () => {
    const { email, password, recovery_codes } = await withMfa();
    await identity.granted({ email, password, recovery_code: recovery_codes[0] });
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, () => identity.logIn({ email, password, recovery_code: recovery_codes[1] })),
    );
    expect(outcomes.filter(({ outcome }) => outcome === 'granted')).toHaveLength(1);
  });

  it('should count wrong codes, and forget them with the window', async () => {
    const { email, password, secret } = await withMfa();
    for (let guess = 0; guess < 10; guess += 1)
      expect(await identity.logIn({ email, password, totp_code: '000000' }, elsewhere())).toEqual(
        refused('invalid_mfa_code'),
      );
    const right = { email, password, totp_code: codeOf(secret) };
    expect(await identity.logIn(right, elsewhere())).toMatchObject(refused('throttled'));
    await identity.pool.query(`update identity.login_failures set window_ends_at = clock_timestamp()`);
    await identity.granted({ email, password, totp_code: codeOf(secret) }, elsewhere());
  });

  it('should repeat a login with a code that is used up by itself', async () => {
    const { email, password, recovery_codes } = await withMfa();
    const command_id = newId();
    const given = { email, password, recovery_code: recovery_codes[0] };
    const first = tokensOf(await identity.logIn(given, HERE, { command_id }));
    expect(tokensOf(await identity.logIn(given, HERE, { command_id })).session_id).toBe(first.session_id);
  });

  it('should show secrets once', async () => {
    const email = newEmail();
    const user_id = await identity.createUser(email);
    const command_id = newId();
    const { secret } = await identity.expectDone(startMfa, { user_id }, { command_id });
    const again = { kind: 'rejected', rejection: 'conflict', code: 'secret_already_shown' };
    await expect(identity.ask(startMfa, { user_id }, { command_id })).resolves.toMatchObject(again);
    const code = codeOf(secret);
    const verify = { user_id, code };
    const verify_id = newId();
    await expect(identity.ask(verifyMfa, { user_id, code: '000000' })).resolves.toMatchObject({
      code: 'invalid_mfa_code',
    });
    const { recovery_codes } = await identity.expectDone(verifyMfa, verify, { command_id: verify_id });
    await expect(identity.ask(verifyMfa, verify, { command_id: verify_id })).resolves.toMatchObject(again);
    await expect(identity.ask(startMfa, { user_id })).resolves.toMatchObject({ code: 'mfa_already_enabled' });
    const { rows } = await identity.pool.query<{ text: string }>(
      `select string_agg(e.data::text, '') || (select string_agg(c::text, '') from event_log.commands c) as text
       from event_log.events e`,
    );
    for (const shown of [secret, code, ...recovery_codes]) expect(rows[0]!.text).not.toContain(`"${shown}"`);
  });

  it('should be disabled by password and code, which ends all sessions', async () => {
    const { email, user_id, password, secret, recovery_codes } = await withMfa();
    const { refresh_token } = await identity.granted({ email, password, totp_code: codeOf(secret) });
    const disable = (changes: object) =>
      identity.ask(disableMfa, {
        ...{ user_id, password, code: recovery_codes[0]!, origin: originAt(elsewhere()) },
        ...changes,
      });
    await expect(disable({ password: 'wrong' })).resolves.toMatchObject({ code: 'wrong_password' });
    await expect(disable({ code: '000000' })).resolves.toMatchObject({ code: 'invalid_mfa_code', pointer: '/code' });
    await expect(disable({ code: codeOf(secret) })).resolves.toMatchObject({ code: 'invalid_mfa_code' });
    expect(isRejection(await disable({}))).toBe(false);
    await expect(disable({})).resolves.toMatchObject({ code: 'mfa_not_enabled' });
    expect(await refresh(refresh_token)).toEqual(refused('invalid_refresh_token'));
    await identity.granted({ email, password });
  });

  it('should be asked for of the roles that must have it', async () => {
    const email = newEmail();
    await identity.createUser(email, 'operator');
    const password = PASSWORD;
    const has = await withMfa('operator');
    await identity.expectDone(changeSecuritySettings, { mfa_required_roles: ['operator'] });
    expect(await identity.granted({ email, password })).toMatchObject({ mfa_setup_required: true });
    const totp_code = codeOf(has.secret);
    expect(await identity.granted({ email: has.email, password, totp_code })).toMatchObject({
      mfa_setup_required: false,
    });
    await identity.expectDone(changeSecuritySettings, { mfa_required_roles: [] });
  });

  it('should end a first step with the password it stood for', async () => {
    const { email, user_id, password, secret } = await withMfa();
    const first = await identity.logIn({ email, password });
    if (first.outcome !== 'mfa_required') throw new Error(first.outcome);
    await identity.expectDone(changePassword, {
      ...{ user_id, current_password: password, new_password: 'another long password' },
      origin: originAt(elsewhere()),
    });
    const second = { mfa_token: first.mfa_token, totp_code: codeOf(secret) };
    expect(await identity.logIn(second)).toEqual(refused('invalid_credentials'));
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
