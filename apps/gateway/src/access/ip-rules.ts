import { BlockList, isIP } from 'node:net';
import type { IpRules } from '@ao/contracts';

const MAPPED = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i;
/** Verdicts remembered per set of rules: a list of 2,000 networks is not walked for every request. */
const MAX_REMEMBERED = 10_000;

/** One way to write an address: IPv4 that came over an IPv6 socket is IPv4, and the zone of a link-local one is left out. */
export function plainAddress(address: string): string {
  const zone = address.indexOf('%');
  const bare = zone < 0 ? address : address.slice(0, zone);
  if (!bare.includes(':')) return bare;
  return MAPPED.exec(bare)?.[1] ?? mappedInHex(bare) ?? bare.toLowerCase();
}

/** The same address as `::ffff:7f00:1`. */
function mappedInHex(address: string): string | undefined {
  const match = /^(?:0{1,4}:){0,5}:?:?ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/i.exec(address);
  if (!match || isIP(address) !== 6) return undefined;
  const [high, low] = [parseInt(match[1]!, 16), parseInt(match[2]!, 16)];
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

/** Networks in CIDR form and single addresses, IPv4 and IPv6, as a list that can be asked. */
export function networks(cidrs: readonly string[]): BlockList {
  const list = new BlockList();
  for (const cidr of cidrs) {
    const [written = '', bits] = cidr.split('/', 2);
    const address = plainAddress(written);
    const family = isIP(address);
    if (family === 0) continue;
    const type = family === 4 ? 'ipv4' : 'ipv6';
    if (bits === undefined) {
      list.addAddress(address, type);
      continue;
    }
    // A network of IPv4-mapped addresses is that network of IPv4.
    const prefix = family === 4 && isIP(written) === 6 ? Number(bits) - 96 : Number(bits);
    if (Number.isInteger(prefix) && prefix >= 0 && prefix <= (family === 4 ? 32 : 128)) {
      list.addSubnet(address, prefix, type);
    }
  }
  return list;
}

/** Whether the list has the address; false for what is none. */
export function holds(list: BlockList, address: string): boolean {
  const family = isIP(address);
  return family !== 0 && list.check(address, family === 4 ? 'ipv4' : 'ipv6');
}

/** Whether rules let an address in: `block` wins; an empty `allow` lets everybody else in, otherwise only those it names. */
export function addressGate(rules: IpRules): (address: string) => boolean {
  if (rules.allow.length === 0 && rules.block.length === 0) return () => true;
  const allow = networks(rules.allow.map(({ cidr }) => cidr));
  const block = networks(rules.block.map(({ cidr }) => cidr));
  const verdicts = new Map<string, boolean>();
  return (address) => {
    const known = verdicts.get(address);
    if (known !== undefined) return known;
    const verdict = !holds(block, address) && (rules.allow.length === 0 || holds(allow, address));
    if (verdicts.size >= MAX_REMEMBERED) verdicts.clear();
    verdicts.set(address, verdict);
    return verdict;
  };
}
