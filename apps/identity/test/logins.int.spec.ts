import { changeSecuritySettings, changeUser, openSealed } from '@ao/contracts';
import { newId } from '@ao/kernel';
import { eventually } from '@ao/testing';
import { decodeJwt } from 'jose';
import {
  HERE,
  PASSWORD,
  elsewhere,
  newEmail,
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

describe('logging in', () => {
  it('should begin a session whose tokens say what they must', async () => {
    const email = newEmail();
    const user_id = await identity.user('viewer', email);
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
    await identity.user('viewer', email);
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
    const user_id = await identity.user('viewer', email);
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
    await identity.user('viewer', email);
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
    await identity.user('viewer', email);
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
    await identity.user('viewer', email);
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
