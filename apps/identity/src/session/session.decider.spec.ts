import type { SessionEvent } from '@ao/contracts';
import { deciderSpec, testCommand } from '@ao/kernel/testing';
import { isGenuine, newSeed, parseRefreshToken, refreshToken } from './refresh-token';
import { REUSE_GRACE_MS, sessionDecider, type SessionCommand } from './session.decider';

const SESSION = '01900000-0000-7000-8000-00000000000a';
const USER = '01900000-0000-7000-8000-000000000001';
const T0 = Date.parse('2026-01-01T00:00:00.000Z');
const after = (ms: number) => new Date(T0 + ms).toISOString();

const started: SessionEvent = {
  type: 'SessionStarted',
  data: {
    ...{ session_id: SESSION, user_id: USER, credential_version: 1, seed: 's1.seed', mfa: false },
    ...{ address: null, user_agent: null, started_at: after(0), expires_at: after(3_600_000) },
  },
};
const refreshed = (generation: number, ms: number): SessionEvent => ({
  type: 'SessionRefreshed',
  data: { session_id: SESSION, generation, at: after(ms) },
});
const ended: SessionEvent = {
  type: 'SessionEnded',
  data: { session_id: SESSION, user_id: USER, reason: 'logged_out', at: after(1) },
};
const refresh = (generation: number, ms: number, user_valid = true): SessionCommand =>
  testCommand('RefreshSession', { session_id: SESSION, generation, user_valid }, { time: after(ms) });
const end = (user_id?: string): SessionCommand =>
  testCommand('EndSession', { session_id: SESSION, user_id, reason: 'revoked' as const }, { time: after(5) });

const { given } = deciderSpec(sessionDecider);
const refused = { rejection: 'unauthenticated', code: 'invalid_refresh_token' } as const;

describe('refreshing a session', () => {
  it('should give the next generation for the newest', () => {
    expect(given(started).when(refresh(0, 1_000)).then(refreshed(1, 1_000))).toEqual({ generation: 1 });
    expect(given(started, refreshed(1, 1_000)).when(refresh(1, 2_000)).then(refreshed(2, 2_000))).toEqual({
      generation: 2,
    });
  });

  it('should give the same successor again within the grace', () => {
    const history = [started, refreshed(1, 1_000)];
    for (const ms of [1_000, 1_000 + REUSE_GRACE_MS])
      expect(
        given(...history)
          .when(refresh(0, ms))
          .then(),
      ).toEqual({ generation: 1 });
  });

  it('should end the session when a used token comes later, or one from before the last', () => {
    const reused = (at: number) => ({
      ...refused,
      record: [
        {
          type: 'SessionEnded',
          data: { session_id: SESSION, user_id: USER, reason: 'refresh_token_reused', at: after(at) },
        } as const,
      ],
    });
    given(started, refreshed(1, 1_000)).when(refresh(0, 11_001)).thenRejected(reused(11_001));
    given(started, refreshed(1, 1_000), refreshed(2, 1_100)).when(refresh(0, 1_200)).thenRejected(reused(1_200));
  });

  it('should refuse without a trace what has ended, expired, was never given, or is of a user who may not', () => {
    for (const { decision } of [
      given(started, ended).when(refresh(0, 2_000)),
      given(started).when(refresh(0, 3_600_000)),
      given(started).when(refresh(1, 2_000)),
      given(started).when(refresh(0, 2_000, false)),
      given().when(refresh(0, 2_000)),
    ]) {
      expect(decision).toMatchObject(refused);
      expect(decision).not.toHaveProperty('record');
    }
    given(started).when(refresh(0, 3_599_999)).thenTypes('SessionRefreshed');
  });
});

describe('ending a session', () => {
  it('should end it once, for its own user or for whoever may end any', () => {
    for (const user of [undefined, USER]) {
      const result = given(started)
        .when(end(user))
        .then({
          type: 'SessionEnded',
          data: { session_id: SESSION, user_id: USER, reason: 'revoked', at: after(5) },
        });
      expect(result).toEqual({ session_id: SESSION, ended_at: after(5) });
    }
    expect(given(started, ended).when(end()).then()).toEqual({ session_id: SESSION, ended_at: after(1) });
  });

  it("should not know another's", () => {
    const notFound = { rejection: 'not_found', code: 'session_not_found' } as const;
    given(started).when(end(SESSION)).thenRejected(notFound);
    given().when(end()).thenRejected(notFound);
  });
});

describe('refresh tokens', () => {
  const seed = newSeed();

  it('should be known again by the seed, and the same every time', () => {
    const token = refreshToken(SESSION, 7, seed);
    expect(token).toMatch(/^ao_rt_[0-9a-f]{32}_7_[A-Za-z0-9_-]{43}$/);
    expect(refreshToken(SESSION, 7, seed)).toBe(token);
    const presented = parseRefreshToken(token)!;
    expect(presented).toMatchObject({ session_id: SESSION, generation: 7 });
    expect(isGenuine(presented, seed)).toBe(true);
    expect(isGenuine(presented, newSeed())).toBe(false);
    expect(isGenuine({ ...presented, generation: 8 }, seed)).toBe(false);
  });

  it('should not be read from anything else', () => {
    const token = refreshToken(SESSION, 0, seed);
    for (const text of [
      '',
      'x',
      `${token}x`,
      ` ${token}`,
      token.replace('_0_', '_00_'),
      token.replace('ao_rt', 'ao_at'),
      token.toUpperCase(),
    ])
      expect(parseRefreshToken(text)).toBeUndefined();
  });
});
