import { DEFAULT_SECURITY_SETTINGS, userSubject, type DataOf, type logIn } from '@ao/contracts';
import { testSealer } from '@ao/sealing/testing';
import { createPasswords } from '../password/passwords';
import { emailIndex } from '../user/email-index';
import type { UserParts } from '../user/user.parts';
import type { RegisteredUser } from '../user/user.state';
import { credentialsOf } from './login.credentials';
import type { LoginStore } from './login.store';
import { createLoginThrottle } from './login.throttle';

const USER = '01900000-0000-7000-8000-000000000001';
const KNOWN = 'ada@example.org';

/** Counts of failures in memory. */
function memoryStore(): LoginStore {
  const windows = new Map<string, { bucket: string; failures: number; window_ends_at: Date }>();
  return {
    failures: (buckets, now) =>
      Promise.resolve(
        buckets
          .flatMap((name) => windows.get(name) ?? [])
          .filter(({ window_ends_at }) => window_ends_at.getTime() > now),
      ),
    count: (buckets, _now, end) => {
      for (const bucket of buckets) {
        const { failures = 0, window_ends_at = new Date(end) } = windows.get(bucket) ?? {};
        windows.set(bucket, { bucket, failures: failures + 1, window_ends_at });
      }
      return Promise.resolve(buckets.map((bucket) => windows.get(bucket)!));
    },
    forgive: () => Promise.resolve(),
    forgetWindows: () => Promise.resolve(),
    knowsOrigin: (userId, origin) => Promise.resolve(userId === USER && origin === 'home'),
    rememberOrigin: () => Promise.resolve(),
    forgetOrigins: () => Promise.resolve(),
  };
}

async function harness(status: 'active' | 'disabled' = 'active') {
  const sealer = testSealer();
  const clock = { now: () => 0 };
  const logins = memoryStore();
  const compared: string[] = [];
  const user = {
    ...{ status, user_id: USER, email_index: await emailIndex(sealer, KNOWN), mfa: { status: 'off' } },
    user: { credential_version: 3 },
    password: await sealer.seal(userSubject(USER), 'password', '$hash-of-ada'),
  } as unknown as RegisteredUser;
  const parts = {
    ...{ sealer, clock, logins },
    throttle: createLoginThrottle(logins, clock),
    users: { byEmail: (index: string) => Promise.resolve(index === user.email_index ? user : undefined) },
    passwords: createPasswords({
      slots: 1,
      verify: (hash, password) => {
        compared.push(hash);
        return Promise.resolve(hash === '$hash-of-ada' && password === 'right');
      },
    }),
  } as unknown as UserParts;
  const attempt = (given: Omit<DataOf<typeof logIn>, 'origin'>, origin = 'somewhere') =>
    credentialsOf(parts, {
      data: { ...given, origin: { address: '192.0.2.1', user_agent: null } },
      security: { ...DEFAULT_SECURITY_SETTINGS, login_failures_per_account: 3, login_failures_per_address: 5 },
      origin,
    });
  return { attempt, compared, user };
}

describe('the credentials of a login', () => {
  it('should be those of the user whose password it is', async () => {
    const { attempt, user } = await harness();
    expect(await attempt({ email: 'ADA@Example.org', password: 'right' })).toEqual({ user, credential_version: 3 });
  });

  it('should be compared once and answered alike for a wrong password, nobody, and somebody disabled', async () => {
    const answers = [];
    for (const [status, email, password] of [
      ['active', KNOWN, 'wrong'],
      ['active', 'nobody@example.org', 'right'],
      ['disabled', KNOWN, 'right'],
    ] as const) {
      const { attempt, compared } = await harness(status);
      const { about: _ours, ...answer } = (await attempt({ email, password })) as { about: unknown };
      answers.push(answer);
      expect(compared).toHaveLength(1);
    }
    for (const answer of answers) expect(answer).toEqual({ outcome: 'refused', code: 'invalid_credentials' });
  });

  it('should not be compared once too many have failed, whoever they are said to be', async () => {
    for (const email of [KNOWN, 'nobody@example.org']) {
      const { attempt, compared } = await harness();
      const from = (place: number) => attempt({ email, password: 'wrong' }, `place-${place}`);
      for (let guess = 0; guess < 3; guess += 1)
        expect(await from(guess)).toMatchObject({ code: 'invalid_credentials' });
      expect(await from(4)).toMatchObject({ code: 'throttled', retry_after_seconds: 15 * 60 });
      expect(compared).toHaveLength(3);
    }
  });

  it('should be compared where the user has been before, as long as that place has not failed too often', async () => {
    const { attempt } = await harness();
    for (let guess = 0; guess < 4; guess += 1) await attempt({ email: KNOWN, password: 'wrong' }, `place-${guess}`);
    expect(await attempt({ email: KNOWN, password: 'right' }, 'elsewhere')).toMatchObject({ code: 'throttled' });
    expect(await attempt({ email: KNOWN, password: 'right' }, 'home')).toHaveProperty('user');
    for (let guess = 0; guess < 5; guess += 1) await attempt({ email: KNOWN, password: 'wrong' }, 'home');
    expect(await attempt({ email: KNOWN, password: 'right' }, 'home')).toMatchObject({ code: 'throttled' });
  });
});
