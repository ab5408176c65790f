import { Resolver } from 'node:dns/promises';

export interface ResolvedAddress {
  readonly address: string;
  readonly family: 4 | 6;
}

export interface NameResolver {
  /** Rejected with Node's DNS errors (`ENOTFOUND`, `ETIMEOUT`). */
  resolve(name: string): Promise<ResolvedAddress[]>;
  /** Ends the look-ups under way. */
  cancel(): void;
}

/** Per server and try; a second try waits longer. */
const TIMEOUT_MS = 2_000;
const TRIES = 2;

/**
 * All addresses of a public name, by DNS itself. Not by the operating system (`dns.lookup`): each of its look-ups holds one
 * of Node's four threads until it ends, so that four names whose servers are silent would stop everybody's. The hosts file
 * and search domains, which only lead to private names, are not read. `servers`: absent, those of the system.
 */
export function createNameResolver(servers?: readonly string[]): NameResolver {
  const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: TRIES });
  if (servers) resolver.setServers(servers);
  return {
    async resolve(name) {
      const [four, six] = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
      const found = [
        ...(four.status === 'fulfilled' ? four.value.map((address) => ({ address, family: 4 as const })) : []),
        ...(six.status === 'fulfilled' ? six.value.map((address) => ({ address, family: 6 as const })) : []),
      ];
      if (found.length === 0 && four.status === 'rejected') throw four.reason as Error;
      return found;
    },
    cancel: () => resolver.cancel(),
  };
}
