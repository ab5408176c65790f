import { createHmac } from 'node:crypto';
import { isIPv6 } from 'node:net';
import type { Permission, RateLimit } from '@ao/contracts';
import { OPEN_COORDINATOR, type Principal } from '../http/principal';
import type { Claim } from './budgets';

export interface ClaimRules {
  /** Of users, keys and clients that have none of their own: the settings `rate_limits.*`. */
  readonly usual: () => RateLimit;
  readonly bootstrap: RateLimit;
  readonly address: RateLimit;
  /** Keeps addresses out of the table; the same for all replicas. */
  readonly addressKey: string;
}

/** One agent's beats, status, leases and results: 20 per second for a minute, 10 per second in the long run. */
const AGENT: RateLimit = { requests_per_hour: 36_000, requests_per_minute: 1_200 };
/** All agents that one key speaks for. */
const FLEET: RateLimit = { requests_per_hour: 3_600_000, requests_per_minute: 120_000 };

/** What could be an agent's id; anything else shares the budget of nobody in particular. */
const AGENT_ID = /^[\x21-\x7e]{1,128}$/;

export const perMinute = (requests: number): RateLimit => ({
  requests_per_minute: requests,
  requests_per_hour: requests * 60,
});

/** Which budgets a request takes from. */
export function claimsOf(
  request: {
    readonly principal: Principal;
    readonly address: string;
    readonly permission: Permission | 'public' | undefined;
    /** Of the agent or the worker node, as the path says. */
    readonly agentId: string | undefined;
  },
  rules: ClaimRules,
): [Claim, ...Claim[]] {
  const { principal, address, permission, agentId } = request;
  const { kind, actor } = principal;
  if (kind === 'bootstrap') return [{ bucket: 'bootstrap', limit: rules.bootstrap }];
  if (kind === 'anonymous') {
    // Programs on this machine may do as much as with the operator's key.
    const open = actor.id === OPEN_COORDINATOR.actor.id;
    const place = `${open ? 'coordinator' : 'address'}:${hidden(networkOf(address), rules.addressKey)}`;
    return [{ bucket: place, limit: open ? rules.bootstrap : rules.address }];
  }
  if (permission !== 'agents:act' && permission !== 'workers:act') {
    return [{ bucket: `${kind}:${actor.id}`, limit: principal.rateLimit ?? rules.usual() }];
  }
  // Never starved by what the same key does besides.
  const fleet = `${permission === 'agents:act' ? 'agents' : 'workers'}:${kind}:${actor.id}`;
  if (kind === 'agent') return [{ bucket: fleet, limit: AGENT }];
  const agent = agentId !== undefined && AGENT_ID.test(agentId) ? agentId : '';
  return [
    { bucket: `${fleet}:${agent}`, limit: AGENT },
    { bucket: fleet, limit: FLEET },
  ];
}

/** Whoever has one IPv6 address has the whole /64. */
export function networkOf(address: string): string {
  const plain = address.replace(/%.*$/, '');
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(plain)?.[1];
  if (mapped) return mapped;
  if (!isIPv6(plain)) return plain;
  const [head = '', tail] = plain.toLowerCase().split('::');
  const first = head === '' ? [] : head.split(':');
  const last = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - first.length - last.length);
  const groups = [...first, ...Array<string>(zeros).fill('0'), ...last];
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`;
}

const hidden = (text: string, key: string) =>
  createHmac('sha256', `rate limit ${key}`).update(text).digest('base64url').slice(0, 22);
