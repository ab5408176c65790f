import type { Principal } from '../../http/principal';
import { Problem } from '../../http/problem';
import { MASK, presentSecret, requireMayReveal } from './secret.presenter';

const NOW = Date.UTC(2026, 0, 1);
const minutesAgo = (minutes: number) => NOW / 1_000 - minutes * 60;

function person(more: Partial<Principal> = {}, session: Partial<NonNullable<Principal['session']>> = {}): Principal {
  return {
    kind: 'user',
    actor: { type: 'user', id: 'somebody' },
    permissions: new Set(['secrets:manage']),
    session: { id: 'session', authTime: minutesAgo(5), mfa: false, ...session },
    mfaEnabled: false,
    ...more,
  };
}

function verdict(principal: Principal): string {
  try {
    requireMayReveal(principal, { now: NOW, recentLoginMinutes: 15 });
  } catch (error) {
    if (error instanceof Problem) return `${error.status} ${error.code}`;
    throw error;
  }
  return 'may';
}

describe('revealing a secret', () => {
  it('should be for a person whose login is recent', () => {
    expect(verdict(person())).toBe('may');
    expect(verdict(person({}, { authTime: minutesAgo(15) }))).toBe('may');
    expect(verdict(person({}, { authTime: minutesAgo(15) - 1 }))).toBe('403 recent_login_required');
  });

  it('should ask for the second factor of whom has one', () => {
    expect(verdict(person({ mfaEnabled: true }))).toBe('403 recent_login_required');
    expect(verdict(person({ mfaEnabled: true }, { mfa: true }))).toBe('may');
    expect(verdict(person({ mfaEnabled: true }, { mfa: true, authTime: minutesAgo(16) }))).toBe(
      '403 recent_login_required',
    );
  });

  it('rejects keys, clients and agents, whatever their scopes, but the key of the operator', () => {
    for (const kind of ['api_key', 'oauth_client', 'agent', 'anonymous'] as const) {
      expect(verdict(person({ kind }))).toBe('403 forbidden');
    }
    expect(verdict(person({ session: undefined }))).toBe('403 forbidden');
    expect(verdict(person({ kind: 'bootstrap', session: undefined }))).toBe('may');
  });
});

describe('a secret that is shown', () => {
  it('should be masked, and hold nothing that is not named', () => {
    const document = {
      ...{ secret_id: 'id', name: 'n', category: 'c', description: '', version: 3, expires_at: '2025-12-31T00:00:00Z' },
      ...{ created_at: 'then', updated_at: 'then', rotated_at: null, revealed_at: null, value: 's1.secret', more: 'x' },
    };
    const shown = presentSecret(document, NOW);
    expect(shown).toMatchObject({ id: 'id', value: MASK, revealed: false, version: 3, expired: true });
    expect(JSON.stringify(shown)).not.toMatch(/s1\.|"more"/);
  });
});
