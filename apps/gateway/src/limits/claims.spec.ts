import { ROLE_PERMISSIONS } from '@ao/contracts';
import { ANONYMOUS, OPEN_COORDINATOR, type Principal } from '../http/principal';
import { claimsOf, networkOf, perMinute, type ClaimRules } from './claims';

const rules: ClaimRules = {
  usual: () => ({ requests_per_hour: 1_000, requests_per_minute: 100 }),
  bootstrap: perMinute(600_000),
  address: perMinute(60_000),
  addressKey: 'key of all replicas',
};
const principal = (kind: Principal['kind'], id: string, more: Partial<Principal> = {}): Principal => ({
  ...{ kind, actor: { type: kind === 'bootstrap' ? 'api_key' : kind, id }, permissions: ROLE_PERMISSIONS.operator },
  ...more,
});
const claims = (
  who: Principal,
  permission: 'agents:act' | 'workers:act' | 'tasks:read' = 'tasks:read',
  agentId?: string,
) => claimsOf({ principal: who, address: '192.0.2.7', permission, agentId }, rules);
const buckets = (...given: Parameters<typeof claims>) => claims(...given).map(({ bucket }) => bucket);

describe('the budgets of a request', () => {
  it('should be one per user, key and client, with its own limit where it has one', () => {
    const own = { requests_per_hour: 5, requests_per_minute: 2 };
    expect(claims(principal('user', 'u'))).toEqual([{ bucket: 'user:u', limit: rules.usual() }]);
    expect(claims(principal('api_key', 'k', { rateLimit: own }))).toEqual([{ bucket: 'api_key:k', limit: own }]);
    expect(buckets(principal('oauth_client', 'c'))).toEqual(['oauth_client:c']);
  });

  it('should be others, larger, for what agents do: each agent its own, and one for all that a key speaks for', () => {
    const key = principal('api_key', 'k', { rateLimit: { requests_per_hour: 5, requests_per_minute: 2 } });
    expect(claims(key, 'agents:act', 'a1')).toEqual([
      { bucket: 'agents:api_key:k:a1', limit: { requests_per_hour: 36_000, requests_per_minute: 1_200 } },
      { bucket: 'agents:api_key:k', limit: { requests_per_hour: 3_600_000, requests_per_minute: 120_000 } },
    ]);
    expect(buckets(key, 'workers:act', 'w1')).toEqual(['workers:api_key:k:w1', 'workers:api_key:k']);
    expect(buckets(principal('agent', 'a1'), 'agents:act', 'other')).toEqual(['agents:agent:a1']);
    // What cannot be an id makes no budget of its own.
    for (const odd of ['\0', 'a b', 'x'.repeat(129)]) {
      expect(buckets(key, 'agents:act', odd)[0]).toBe('agents:api_key:k:');
    }
  });

  it('should be its own for the bootstrap key, whatever it does', () => {
    expect(claims(principal('bootstrap', 'bootstrap'), 'agents:act', 'a1')).toEqual([
      { bucket: 'bootstrap', limit: rules.bootstrap },
    ]);
  });

  it('should be one per address for nobody in particular, and not tell the address', () => {
    const [anonymous] = claims(ANONYMOUS);
    const [open] = claims(OPEN_COORDINATOR, 'agents:act', 'a1');
    expect(anonymous).toEqual({ bucket: expect.stringMatching(/^address:[\w-]{22}$/), limit: rules.address });
    expect(open).toEqual({ bucket: expect.stringMatching(/^coordinator:[\w-]{22}$/), limit: rules.bootstrap });
    const other = claimsOf(
      { principal: ANONYMOUS, address: '192.0.2.8', permission: 'public', agentId: undefined },
      rules,
    );
    expect(other[0].bucket).not.toBe(anonymous.bucket);
  });

  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:DB8:0:0:1:2:3:4', '2001:db8:0:0::/64'],
    ['2001:0db8:0001:0002:ffff::', '2001:db8:1:2::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['', ''],
  ])('should count %p as %p', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});
