import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { holds, networks, plainAddress } from './ip-rules';

/** What stands for the address of a socket that has none any more (its peer is gone). */
export const UNKNOWN_ADDRESS = 'unknown';

export type AddressOf = (request: Pick<IncomingMessage, 'headers' | 'socket'>) => string;

/**
 * Where a request comes from: the one place that decides it. The peer of the connection, unless that is a proxy we trust:
 * then X-Forwarded-For is walked from the right, over trusted proxies only, to the first address that is none. What stands
 * to the left of it is what that caller wrote itself, and is not believed.
 */
export function clientAddress(trustedProxies: readonly string[]): AddressOf {
  if (trustedProxies.length === 0) return ({ socket }) => peerOf(socket.remoteAddress);
  const trusted = networks(trustedProxies);
  return ({ headers, socket }) => {
    let address = peerOf(socket.remoteAddress);
    const forwarded = headers['x-forwarded-for'];
    if (forwarded === undefined) return address;
    const hops = String(forwarded).split(',');
    while (holds(trusted, address)) {
      const hop = hops.pop();
      if (hop === undefined) break;
      const before = addressIn(hop);
      // Not an address: whoever wrote it, the last one that is known is the proxy itself.
      if (before === undefined) break;
      address = before;
    }
    return address;
  };
}

/** Whether the peer of a connection is one of the proxies. */
export function trustedPeer(trustedProxies: readonly string[]): (socket: IncomingMessage['socket']) => boolean {
  const trusted = networks(trustedProxies);
  return ({ remoteAddress }) => holds(trusted, peerOf(remoteAddress));
}

const peerOf = (address: string | undefined) => (address === undefined ? UNKNOWN_ADDRESS : plainAddress(address));

/** Of one element: an address, with brackets and a port where a proxy adds them. */
function addressIn(hop: string): string | undefined {
  const text = hop.trim();
  const bracketed = /^\[([0-9a-f:.]+)\](?::\d{1,5})?$/i.exec(text)?.[1];
  const withPort = /^(\d{1,3}(?:\.\d{1,3}){3}):\d{1,5}$/.exec(text)?.[1];
  const address = plainAddress(bracketed ?? withPort ?? text);
  return isIP(address) === 0 ? undefined : address;
}
