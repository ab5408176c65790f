import { ROLE_PERMISSIONS, type AgentTokenClaims } from '@ao/contracts';
import type { Principal } from '../http/principal';
import { Problem } from '../http/problem';
import type { AuthenticationView } from './authentication.view';

/** The agent of a token whose signature is good; undefined once its certificate was revoked, or the agent is gone. */
export function agentPrincipal(
  view: Pick<AuthenticationView, 'certificateHolds'>,
  { sub, serial, exp }: Pick<AgentTokenClaims, 'sub' | 'serial' | 'exp'>,
): Principal | undefined {
  if (!view.certificateHolds(sub, serial)) return undefined;
  return {
    kind: 'agent',
    actor: { type: 'agent', id: sub },
    permissions: ROLE_PERMISSIONS.agent,
    role: 'agent',
    certificate: { serial, expiresAt: exp },
  };
}

/** Routes whose path names an agent, and under which name. */
const AGENT_ROUTE = /^\/(?:(?:api\/)?v1\/)?agents\/:([A-Za-z_]+)(?:\/|$)/;

/** Routes whose body names the agent: their handlers compare it. */
const NAMED_IN_BODY: ReadonlySet<string> = new Set(['/api/v1/discovery/heartbeat']);

/** Whether a path segment is this agent: its id, as any of the faces writes it. */
function namesAgent(segment: string, agentId: string): boolean {
  const plain = segment.toLowerCase().replace(/^agent_/, '');
  return plain === agentId || plain === agentId.replaceAll('-', '');
}

/**
 * What an agent does, it does for itself alone: a route that names an agent must name it, and one that acts must name one.
 * @param pattern of the route, for example `/api/v1/agents/:id/heartbeat`
 */
export function mayTouch(
  { kind, actor }: Pick<Principal, 'kind' | 'actor'>,
  route: { readonly pattern: string; readonly permission: string; readonly params: Readonly<Record<string, unknown>> },
): boolean {
  if (kind !== 'agent' || NAMED_IN_BODY.has(route.pattern)) return true;
  const name = AGENT_ROUTE.exec(route.pattern)?.[1] ?? ('agent_id' in route.params ? 'agent_id' : undefined);
  if (name === undefined) return route.permission !== 'agents:act';
  const named = route.params[name];
  return typeof named === 'string' && namesAgent(named, actor.id);
}

/** The refusal for an agent that asks for what is another's. */
export function notOneself(): Problem {
  return new Problem(403, 'forbidden', 'An agent may only touch what is its own', {
    errors: [{ pointer: '/path', message: 'must name the agent itself' }],
  });
}
