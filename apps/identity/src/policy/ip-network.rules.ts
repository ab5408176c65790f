import type { IpRules } from '@ao/contracts';

/** A network of IPv4 or IPv6; a single address is one of full length. */
export interface IpNetwork {
  readonly version: 4 | 6;
  /** The address with nothing set behind the prefix. */
  readonly bits: bigint;
  readonly prefix: number;
}

const LENGTH = { 4: 32, 6: 128 } as const;
/** `::ffff:0:0/96`: IPv4 as an IPv6 socket shows it. */
const MAPPED = 0xffffn << 32n;

/** An address or a network in CIDR form; IPv4 in IPv6 clothes counts as IPv4. Undefined for anything else. */
export function parseNetwork(text: string): IpNetwork | undefined {
  const [address = '', suffix, ...more] = text.split('/');
  const read = parseV4(address) ?? parseV6(address);
  if (!read || more.length > 0 || (suffix !== undefined && !/^\d{1,3}$/.test(suffix))) return undefined;
  const prefix = suffix === undefined ? LENGTH[read.version] : Number(suffix);
  if (prefix > LENGTH[read.version]) return undefined;
  if (read.version === 6 && prefix >= 96 && read.bits >> 32n === MAPPED >> 32n)
    return network(4, read.bits & 0xffff_ffffn, prefix - 96);
  return network(read.version, read.bits, prefix);
}

function network(version: 4 | 6, bits: bigint, prefix: number): IpNetwork {
  const behind = BigInt(LENGTH[version] - prefix);
  return { version, bits: (bits >> behind) << behind, prefix };
}

function parseV4(text: string): { version: 4; bits: bigint } | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256))
    return undefined;
  return { version: 4, bits: parts.reduce((bits, part) => (bits << 8n) | BigInt(part), 0n) };
}

function parseV6(text: string): { version: 6; bits: bigint } | undefined {
  // The zone of a link-local address is the host's own affair.
  const [bare = ''] = text.split('%');
  const tail = /^(.*:)([^:]*\.[^:]*)$/.exec(bare);
  const v4 = tail ? parseV4(tail[2]!) : undefined;
  if (tail && !v4) return undefined;
  const plain = v4 ? `${tail![1]}${(v4.bits >> 16n).toString(16)}:${(v4.bits & 0xffffn).toString(16)}` : bare;
  const halves = plain.split('::');
  if (halves.length > 2) return undefined;
  const [head, rest] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - head!.length - (rest?.length ?? 0);
  if (rest === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups = [...head!, ...new Array<string>(rest ? missing : 0).fill('0'), ...(rest ?? [])];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return { version: 6, bits: groups.reduce((bits, group) => (bits << 16n) | BigInt(`0x${group}`), 0n) };
}

/** The one way to write it: `10.0.0.0/8`, `2001:db8::/32` (RFC 5952). */
export function formatNetwork({ version, bits, prefix }: IpNetwork): string {
  return `${version === 4 ? formatV4(bits) : formatV6(bits)}/${prefix}`;
}

function formatV4(bits: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => (bits >> shift) & 0xffn).join('.');
}

function formatV6(bits: bigint): string {
  const groups = Array.from({ length: 8 }, (_, index) => ((bits >> BigInt(112 - 16 * index)) & 0xffffn).toString(16));
  const text = groups.join(':');
  const [longest] = [...text.matchAll(/(?<![0-9a-f])0(?::0)+(?![0-9a-f])/g)]
    .map(([run]) => run)
    .sort((left, right) => right.length - left.length);
  if (longest === undefined) return text;
  const at = text.search(new RegExp(`(?<![0-9a-f])${longest}(?![0-9a-f])`));
  const before = text.slice(0, at).replace(/:$/, '');
  const after = text.slice(at + longest.length).replace(/^:/, '');
  return `${before}::${after}`;
}

/** As Node's BlockList, which gateways go by, has it: IPv4 is inside of those networks of IPv6 that hold all of its clothes. */
export function holds(outer: IpNetwork, inner: IpNetwork): boolean {
  const same = outer.version === 6 && inner.version === 4 ? inIpv6(inner) : inner;
  if (outer.version !== same.version || outer.prefix > same.prefix) return false;
  const behind = BigInt(LENGTH[outer.version] - outer.prefix);
  return outer.bits >> behind === same.bits >> behind;
}

const inIpv6 = ({ bits, prefix }: IpNetwork): IpNetwork => ({ version: 6, bits: MAPPED | bits, prefix: prefix + 96 });

/** Whether the rules let the address in; what is no address meets no rule. */
export function mayEnter({ allow, block }: IpRules, address: string): boolean {
  const from = parseNetwork(address);
  const meets = ({ cidr }: { cidr: string }) => {
    const rule = parseNetwork(cidr);
    return from !== undefined && rule !== undefined && holds(rule, from);
  };
  return !block.some(meets) && (allow.length === 0 || allow.some(meets));
}
