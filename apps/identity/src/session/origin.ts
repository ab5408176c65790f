import type { Sealer } from '@ao/sealing';
import { formatNetwork, parseNetwork } from '../policy/ip-network.rules';

/** Where a request came from, as it is counted: an IPv6 host has a whole /64 to itself. Empty for what is no address. */
export function originOf(address: string): string {
  const network = parseNetwork(address);
  if (!network) return '';
  return formatNetwork(network.version === 6 ? (parseNetwork(`${address}/64`) ?? network) : network);
}

/** Finds the origin again and tells nothing of it. */
export const originIndex = (sealer: Sealer, address: string) => sealer.index('origin', originOf(address));
