import { isIP } from 'node:net';
import * as ipaddr from 'ipaddr.js';

export interface CallRules {
  /** Plain http, any port, and loopback and private addresses may be called: for development. */
  readonly allowPrivate: boolean;
}

/** Ports that may be called unless everything private may. '' is https' own. */
const PORTS: ReadonlySet<string> = new Set(['', '8443']);
/** Kinds of addresses that `allowPrivate` adds. Never link-local ones: clouds hand out their machines' credentials there. */
const PRIVATE: ReadonlySet<string> = new Set(['loopback', 'private', 'uniqueLocal', 'carrierGradeNat']);
/** Names that never lead out of an installation; the services' own names have no dot, or end in these within a cluster. */
const INNER_DOMAINS = ['localhost', 'local', 'internal', 'intranet', 'lan', 'svc', 'home.arpa'];
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * Whether a connection to an address may be made. What carries an IPv4 address (mapped, NAT64) is judged as that one;
 * 6to4, Teredo and the other tunnels of IPv6 lead nowhere by now but to a way around this, so they may not.
 */
export function isCallableAddress(address: string, { allowPrivate }: CallRules): boolean {
  // Node's own judgement first: ipaddr.js takes what is not canonical for an address as well (`127.1`).
  if (isIP(address) === 0) return false;
  const parsed = embeddedIPv4(ipaddr.parse(address));
  const range: string = parsed.range();
  if (range === 'unicast') return parsed instanceof ipaddr.IPv4 || parsed.match(GLOBAL_UNICAST);
  return allowPrivate && PRIVATE.has(range);
}

function embeddedIPv4(address: ipaddr.IPv4 | ipaddr.IPv6): ipaddr.IPv4 | ipaddr.IPv6 {
  if (address instanceof ipaddr.IPv4) return address;
  if (address.isIPv4MappedAddress()) return address.toIPv4Address();
  // RFC 6052's own prefix: an IPv6-only network reaches the rest by it. That of RFC 8215 is for private ends.
  const isNat64 = address.match(ipaddr.IPv6.parseCIDR('64:ff9b::/96'));
  return isNat64 ? new ipaddr.IPv4(address.toByteArray().slice(12)) : address;
}

/**
 * Why a URL may not be called, as the end of a sentence ("must …"), or undefined. Looks at the URL alone: where its name
 * leads is judged at each connection (`createOutbound`), because that can change.
 */
export function whyNotCallable(url: string, rules: CallRules): string | undefined {
  if (!URL.canParse(url)) return 'must be an absolute URL';
  const { protocol, username, password, port, hostname } = new URL(url);
  if (protocol !== 'https:' && !(protocol === 'http:' && rules.allowPrivate)) return 'must be an https URL';
  if (username !== '' || password !== '') return 'must not have a user or a password';
  if (port === '0' || (!rules.allowPrivate && !PORTS.has(port))) return 'must have the port 443 or 8443';
  const host = hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0)
    return isCallableAddress(host, rules) ? undefined : 'must not lead to a private or reserved address';
  return rules.allowPrivate || !isInnerName(host) ? undefined : 'must not name a host of a private network';
}

function isInnerName(hostname: string): boolean {
  const name = hostname.replace(/\.+$/, '').toLowerCase();
  return !name.includes('.') || INNER_DOMAINS.some((domain) => name === domain || name.endsWith(`.${domain}`));
}
