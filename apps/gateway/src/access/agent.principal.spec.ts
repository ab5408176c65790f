import { agentEvents, certificateEvents, CERTIFICATE_SECONDS } from '@ao/contracts';
import { isoTime, newId } from '@ao/kernel';
import { recorded, TestAuthentication, TestIdentity, type Fact } from './access.testing';
import { AccessTokenSource } from './access-token.source';
import { agentPrincipal, mayTouch } from './agent.principal';
import { AuthenticationView } from './authentication.view';

const NOW = Date.UTC(2026, 0, 10);
const agentId = newId();
const serial = '4'.repeat(32);
const expires_at = isoTime(NOW + CERTIFICATE_SECONDS * 1000);

const revocation = (): Fact => ({
  stream: `certificate-${agentId}`,
  contract: certificateEvents.AgentCertificateRevoked,
  data: { agent_id: agentId, serial, expires_at, reason: 'revoked', at: isoTime(NOW) },
});
const deregistration = (): Fact => ({
  stream: `agent-${agentId}`,
  contract: agentEvents.AgentDeregistered,
  data: { agent_id: agentId, at: isoTime(NOW) },
});

describe("an agent's certificate at the gateway", () => {
  const principal = (view: AuthenticationView) =>
    agentPrincipal(view, { sub: agentId, serial, exp: NOW / 1000 + CERTIFICATE_SECONDS });

  it('should make the agent a principal of its role', () => {
    expect(principal(new AuthenticationView())).toMatchObject({
      kind: 'agent',
      actor: { type: 'agent', id: agentId },
      certificate: { serial },
    });
  });

  it.each([
    ['it was revoked', revocation],
    ['the agent is gone', deregistration],
  ])('should be worth nothing once %s, and forgotten when it would have expired', (_what, fact) => {
    const view = new AuthenticationView();
    view.fold(recorded(fact(), 1));
    view.sweep(NOW + 23 * 3_600_000);
    expect(principal(view)).toBeUndefined();
    view.sweep(NOW + 25 * 3_600_000);
    expect(principal(view)).toBeDefined();
  });

  it('should be known from the model too', () => {
    const known = { serial, fingerprint: 'f', not_before: isoTime(NOW), expires_at, revoked_at: null, reason: null };
    const ofModel = (document: { deregistered_at: string | null; revoked_at: string | null }) => {
      const view = new AuthenticationView();
      const certificates = [{ ...known, revoked_at: document.revoked_at }];
      view.putCertificates({ agent_id: agentId, certificates, deregistered_at: document.deregistered_at });
      return principal(view);
    };
    expect(ofModel({ deregistered_at: null, revoked_at: null })).toBeDefined();
    expect(ofModel({ deregistered_at: isoTime(NOW), revoked_at: null })).toBeUndefined();
    expect(ofModel({ deregistered_at: null, revoked_at: isoTime(NOW) })).toBeUndefined();
  });
});

describe("an agent's token", () => {
  const clock = { now: () => NOW };
  const authentication = new TestAuthentication();
  const identity = new TestIdentity(clock);
  authentication.fold(identity.signingKey());
  const source = new AccessTokenSource(authentication, clock);
  const claims = (seconds: number) => {
    const iat = NOW / 1000;
    const { iss, aud, jti } = identity.clientClaims(newId(), []) as Record<'iss' | 'aud' | 'jti', string>;
    return { iss, aud, jti, iat, exp: iat + seconds, kind: 'agent', sub: agentId, serial };
  };
  const judged = async (seconds: number) => (await source.prove(await identity.sign(claims(seconds))))?.();

  it('should live as long as a certificate, and no longer', async () => {
    expect(await judged(CERTIFICATE_SECONDS)).toMatchObject({ kind: 'agent', actor: { id: agentId } });
    expect(await judged(CERTIFICATE_SECONDS + 3_600)).toBeUndefined();
  });

  it('should end with the revocation, though it was verified before', async () => {
    const token = await identity.sign(claims(3_600));
    expect((await source.prove(token))?.()).toBeDefined();
    authentication.fold(revocation());
    expect((await source.prove(token))?.()).toBeUndefined();
  });
});

describe('what an agent may touch', () => {
  const agent = { kind: 'agent' as const, actor: { type: 'agent' as const, id: agentId } };
  const other = newId();

  it.each<[string, string, Record<string, string>, boolean]>([
    ['/api/v1/agents/:id/heartbeat', 'agents:act', { id: agentId }, true],
    ['/api/v1/agents/:id/heartbeat', 'agents:act', { id: agentId.toUpperCase() }, true],
    ['/api/v1/agents/:id/heartbeat', 'agents:act', { id: other }, false],
    ['/api/v1/agents/:id', 'agents:read', { id: other }, false],
    ['/v1/agents/:id', 'agents:read', { id: `agent_${agentId}` }, true],
    ['/v1/agents/:id', 'agents:read', { id: `agent_${agentId.replaceAll('-', '')}` }, true],
    ['/agents/:agent_id/status', 'agents:act', { agent_id: 'an-alias' }, false],
    ['/api/v1/agents', 'agents:read', {}, true],
    ['/api/v1/tasks/:id', 'tasks:read', { id: other }, true],
    ['/api/v1/discovery/agents/:agent_id', 'agents:read', { agent_id: other }, false],
    // Its body names the agent, and its handler compares.
    ['/api/v1/discovery/heartbeat', 'agents:act', {}, true],
    ['/api/v1/anything', 'agents:act', {}, false],
  ])('should be, on %s with %s and %j: %s', (pattern, permission, params, may) => {
    expect(mayTouch(agent, { pattern, permission, params })).toBe(may);
    expect(mayTouch({ ...agent, kind: 'api_key' }, { pattern, permission, params })).toBe(true);
  });
});
