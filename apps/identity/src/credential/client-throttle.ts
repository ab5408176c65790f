import type { Sealer } from '@ao/sealing';
import type { Pool } from 'pg';
import { formatNetwork, parseNetwork } from '../policy/ip-network.rules';

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

const LOOK = `
  select bucket, failures, extract(epoch from window_ends_at - clock_timestamp())::float8 as seconds
    from identity.login_failures where bucket = any($1) and window_ends_at > clock_timestamp()`;

const COUNT = `
  insert into identity.login_failures as f (bucket, failures, window_ends_at)
  select bucket, 1, clock_timestamp() + make_interval(mins => $2) from unnest($1::text[]) bucket order by bucket
  on conflict (bucket) do update set
    failures = case when f.window_ends_at > clock_timestamp() then f.failures + 1 else 1 end,
    window_ends_at = case when f.window_ends_at > clock_timestamp() then f.window_ends_at else excluded.window_ends_at end`;

/** What is over serves nobody; a bounded part of it goes with each failure, so that the table cannot be made to grow. */
const FORGET = `
  delete from identity.login_failures where bucket in (
    select bucket from identity.login_failures where window_ends_at < clock_timestamp() limit 10 for update skip locked)`;

/** Failed client secrets, counted in Postgres for all replicas; nothing is written for those that are right. */
export function createClientThrottle(pool: Pool, sealer: Sealer): ClientThrottle {
  const buckets = (clientId: string, address: string) => {
    const from = networkOf(address);
    return Promise.all([
      sealer.index('client-failures', JSON.stringify([clientId, from])),
      sealer.index('client-address-failures', from),
    ]);
  };
  return {
    async refusedFor(clientId, address, { perClient, perAddress }) {
      const [ofClient, ofAddress] = await buckets(clientId, address);
      const { rows } = await pool.query<{ bucket: string; failures: number; seconds: number }>({
        name: 'client_failures',
        text: LOOK,
        values: [[ofClient, ofAddress]],
      });
      const full = rows.filter(({ bucket, failures }) => failures >= (bucket === ofAddress ? perAddress : perClient));
      return full.length === 0 ? undefined : Math.max(1, ...full.map(({ seconds }) => Math.ceil(seconds)));
    },
    async failed(clientId, address, { windowMinutes }) {
      await pool.query(COUNT, [await buckets(clientId, address), windowMinutes]);
      await pool.query(FORGET);
    },
  };
}

/** IPv6 by /64: whoever has one address of it has all of them. */
function networkOf(address: string): string {
  const parsed = parseNetwork(address);
  if (!parsed) return 'unknown';
  const written = formatNetwork(parsed);
  return parsed.version === 4 ? written : formatNetwork(parseNetwork(written.replace(/\/128$/, '/64'))!);
}
