import { DEFAULT_POLICIES, DEFAULT_SETTINGS, type OAuthClientDocument } from '@ao/contracts';
import { newId } from '@ao/kernel';
import type { Refusal } from '../refusal/refusals.module';
import { createClientTokens } from './client-tokens';
import type { Grantable } from './credential.rules';
import { clientSecretText, digestOf, newSecret } from './one-time-secret';

const secret = newSecret();
const client: OAuthClientDocument = {
  client_id: newId(),
  name: 'robot',
  secret_hash: digestOf(secret),
  scopes: ['agents:read', 'tasks:submit'],
  owner: { type: 'user', id: newId() },
  rate_limit: null,
  created_at: '2026-01-01T00:00:00.000Z',
  revoked_at: null,
};

interface Changes {
  readonly client?: Partial<OAuthClientDocument>;
  readonly grantable?: Grantable;
  readonly wait?: number;
  readonly refusalStepMs?: number;
}

function harness(changes: Changes = {}) {
  const refusals: Refusal[] = [];
  const asked: string[] = [];
  let failures = 0;
  const issue = createClientTokens({
    readers: {
      grantableOf: () => Promise.resolve(changes.grantable ?? 'everything'),
      grantableOfSender: () => Promise.resolve('everything'),
      client: (id) => {
        asked.push(id);
        return Promise.resolve(id === client.client_id ? { ...client, ...changes.client } : undefined);
      },
    },
    throttle: {
      refusedFor: () => Promise.resolve(changes.wait),
      failed: () => {
        failures += 1;
        return Promise.resolve();
      },
    },
    policies: {
      current: () => Promise.resolve({ ...DEFAULT_POLICIES, settings: DEFAULT_SETTINGS }),
      shown: () => Promise.reject(new Error('not asked here')),
    },
    signer: {
      sign: (claims, seconds) => Promise.resolve(JSON.stringify({ claims, seconds })),
      signMfa: () => Promise.reject(new Error('not asked here')),
      verifyMfa: () => Promise.reject(new Error('not asked here')),
    },
    refusals: { record: (refusal) => refusals.push(refusal) },
    refusalStepMs: changes.refusalStepMs ?? 0,
  });
  const right = { client_id: client.client_id, client_secret: clientSecretText(secret), address: '192.0.2.1' };
  return {
    issue: (request: Partial<typeof right & { scope: string }> = {}) => issue({ ...right, ...request }),
    refusals,
    asked,
    failures: () => failures,
  };
}

describe('the client-credentials grant', () => {
  it('should give a token of all scopes, as long as tokens live', async () => {
    const { issue, refusals } = harness();
    const issued = await issue();
    expect(issued).toMatchObject({ outcome: 'granted', expires_in: 900, scope: 'agents:read tasks:submit' });
    expect(JSON.parse((issued as { access_token: string }).access_token)).toEqual({
      claims: { kind: 'client', sub: client.client_id, scopes: client.scopes },
      seconds: 900,
    });
    expect(refusals).toEqual([]);
  });

  it('should give fewer scopes when asked, and never more than the owner may now', async () => {
    expect(await harness().issue({ scope: 'agents:read' })).toMatchObject({ scope: 'agents:read' });
    expect(await harness().issue({ scope: 'users:manage' })).toEqual({ outcome: 'refused', error: 'invalid_scope' });
    const lesser = () => harness({ grantable: new Set(['agents:read']) });
    expect(await lesser().issue()).toMatchObject({ scope: 'agents:read' });
    expect(await lesser().issue({ scope: 'tasks:submit' })).toMatchObject({ error: 'invalid_scope' });
  });

  it.each([
    ['an unknown client', {}, { client_id: newId() }],
    ['what is no id', {}, { client_id: "x' or 1=1 --\n" }],
    ['a wrong secret', {}, { client_secret: clientSecretText(newSecret()) }],
    ['the digest for the secret', {}, { client_secret: client.secret_hash }],
    ['a revoked client', { client: { revoked_at: '2026-01-02T00:00:00.000Z' } }, {}],
  ])('rejects %s with one answer, counts and tells it', async (_what, changes, request) => {
    const { issue, refusals, asked, failures } = harness(changes);
    expect(await issue(request)).toEqual({ outcome: 'refused', error: 'invalid_client' });
    expect(failures()).toBe(1);
    expect(asked).toHaveLength(1);
    const known = !('client_id' in request);
    expect(refusals).toEqual([
      {
        kind: 'credential',
        code: 'invalid_client',
        route: 'POST /oauth/token',
        address: '192.0.2.1',
        principal: known ? { type: 'oauth_client', id: client.client_id } : null,
      },
    ]);
    expect(JSON.stringify(refusals)).not.toContain(secret);
  });

  it('rejects a client whose owner may do nothing any more', async () => {
    const { issue } = harness({ grantable: new Set() });
    expect(await issue()).toEqual({ outcome: 'refused', error: 'invalid_client' });
  });

  it('rejects the right secret too while throttled', async () => {
    const { issue, refusals, failures } = harness({ wait: 30 });
    expect(await issue()).toEqual({ outcome: 'refused', error: 'throttled', retry_after_seconds: 30 });
    expect(refusals).toMatchObject([{ kind: 'credential', code: 'throttled' }]);
    expect(failures()).toBe(0);
  });

  it('should refuse at whole steps of time, and grant at once', async () => {
    const { issue } = harness({ refusalStepMs: 200 });
    const timed = async (request: object) => {
      const begun = performance.now();
      await issue(request);
      return performance.now() - begun;
    };
    expect(await timed({})).toBeLessThan(150);
    for (const request of [{ client_id: newId() }, { client_secret: 'wrong' }])
      expect(await timed(request)).toBeGreaterThanOrEqual(195);
  });
});
