import { changePassword, changeSecuritySettings, disableMfa, startMfa, verifyMfa } from '@ao/contracts';
import { isRejection, newId } from '@ao/kernel';
import { decodeJwt } from 'jose';
import { Secret, TOTP } from 'otpauth';
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

describe('MFA', () => {
  /** MFA is activated by the present step's code; the next one's is then good, also when a step ends meanwhile. */
  const codeOf = (secret: string, steps = 0) =>
    new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: Date.now() + steps * 30_000 });
  async function withMfa(role: 'viewer' | 'operator' = 'viewer') {
    const email = newEmail();
    const user_id = await identity.user(role, email);
    const { secret, otpauth_url, qr_code } = await identity.expectDone(startMfa, { user_id });
    expect(otpauth_url).toContain(secret);
    expect(qr_code).toMatch(/^data:image\/png;base64,/);
    const { recovery_codes } = await identity.expectDone(verifyMfa, { user_id, code: codeOf(secret) });
    return { email, user_id, secret, recovery_codes, password: PASSWORD };
  }

  it('should ask for a code, take each once, and stand for the password in the second step', async () => {
    const { email, password, secret, recovery_codes } = await withMfa();
    expect(recovery_codes).toHaveLength(10);
    const first = await identity.logIn({ email, password });
    if (first.outcome !== 'mfa_required') throw new Error(first.outcome);
    const { mfa_token } = first;
    expect(await identity.logIn({ mfa_token, totp_code: '000000' })).toEqual(refused('invalid_mfa_code'));
    const totp_code = codeOf(secret, 1);
    const tokens = await identity.granted({ mfa_token, totp_code });
    expect(decodeJwt(tokens.access_token)).toMatchObject({ mfa: true });
    // A replay, at either door.
    expect(await identity.logIn({ mfa_token, totp_code })).toEqual(refused('invalid_mfa_code'));
    expect(await identity.logIn({ email, password, totp_code })).toEqual(refused('invalid_mfa_code'));
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
    const right = { email, password, totp_code: codeOf(secret, 1) };
    expect(await identity.logIn(right, elsewhere())).toMatchObject(refused('throttled'));
    await identity.pool.query(`update identity.login_failures set window_ends_at = clock_timestamp()`);
    await identity.granted({ email, password, totp_code: codeOf(secret, 1) }, elsewhere());
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
    const user_id = await identity.user('viewer', email);
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
    const { refresh_token } = await identity.granted({ email, password, totp_code: codeOf(secret, 1) });
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
    await identity.user('operator', email);
    const password = PASSWORD;
    const has = await withMfa('operator');
    await identity.expectDone(changeSecuritySettings, { mfa_required_roles: ['operator'] });
    expect(await identity.granted({ email, password })).toMatchObject({ mfa_setup_required: true });
    const totp_code = codeOf(has.secret, 1);
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
    const second = { mfa_token: first.mfa_token, totp_code: codeOf(secret, 1) };
    expect(await identity.logIn(second)).toEqual(refused('invalid_credentials'));
  });
});
