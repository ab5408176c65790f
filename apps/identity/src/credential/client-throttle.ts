import type { Sealer } from '@ao/sealing';
import type { Bucket, LoginThrottle } from '../session/login.throttle';
import { originOf } from '../session/origin';

/** How often a wrong secret may be shown within the window. */
export interface ThrottleLimits {
  /** For one client, from one address: nobody keeps a client out by guessing from elsewhere. */
  readonly perClient: number;
  readonly perAddress: number;
  readonly windowMinutes: number;
}

export interface ClientThrottle {
  /** Seconds until it may be tried again; undefined when it may be now. */
  refusedFor(clientId: string, address: string, limits: ThrottleLimits): Promise<number | undefined>;
  failed(clientId: string, address: string, limits: ThrottleLimits): Promise<void>;
}

/** Wrong client secrets, counted for all replicas beside failed logins; nothing is written for those that are right. */
export function createClientThrottle(throttle: LoginThrottle, sealer: Sealer): ClientThrottle {
  async function buckets(clientId: string, address: string, limits: ThrottleLimits): Promise<Bucket[]> {
    const origin = originOf(address);
    const [ofClient, ofOrigin] = await Promise.all([
      sealer.index('client-failures', JSON.stringify([clientId, origin])),
      sealer.index('client-origin-failures', origin),
    ]);
    return [
      { name: ofClient, limit: limits.perClient },
      { name: ofOrigin, limit: limits.perAddress },
    ];
  }
  return {
    refusedFor: async (clientId, address, limits) => throttle.wait(await buckets(clientId, address, limits)),
    failed: async (clientId, address, limits) =>
      throttle.count(await buckets(clientId, address, limits), limits.windowMinutes),
  };
}
