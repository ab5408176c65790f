import type { Pool } from 'pg';

export interface LeaseRequest {
  readonly bucket: string;
  readonly seconds: number;
  readonly endsAt: number;
  readonly limit: number;
  readonly amount: number;
}

export interface Lease {
  readonly granted: number;
  readonly used: number;
}

/** Where the replicas share their budgets. */
export interface LeaseStore {
  /** In the order of the requests; `undefined` where nothing is left. */
  lease(requests: readonly LeaseRequest[]): Promise<(Lease | undefined)[]>;
  /** Forgets the windows that are over. */
  cleanUp(): Promise<void>;
}

const keyOf = (bucket: string, seconds: number, endsAtSeconds: number) => `${seconds} ${endsAtSeconds} ${bucket}`;

export class PostgresLeaseStore implements LeaseStore {
  constructor(private readonly pool: Pick<Pool, 'query'>) {}

  async lease(requests: readonly LeaseRequest[]): Promise<(Lease | undefined)[]> {
    const ends = requests.map(({ endsAt }) => Math.floor(endsAt / 1000));
    const { rows } = await this.pool.query<Lease & { bucket: string; seconds: number; ends: number }>({
      name: 'lease_rate_budgets',
      // Sorted, so that two replicas never wait for each other's rows crosswise. A window that has nothing left gives no row.
      text: `insert into read_models.rate_windows as w (bucket, seconds, ends_at, budget, used, granted)
             select bucket, seconds, to_timestamp(ends), budget, least(asked, budget), least(asked, budget)
             from unnest($1::text[], $2::integer[], $3::bigint[], $4::bigint[], $5::bigint[])
               as t (bucket, seconds, ends, budget, asked)
             order by bucket collate "C", seconds, ends
             on conflict (bucket, seconds, ends_at) do update
             set used = w.used + least(excluded.granted, excluded.budget - w.used),
                 granted = least(excluded.granted, excluded.budget - w.used),
                 budget = excluded.budget
             where w.used < excluded.budget
             returning bucket, seconds, extract(epoch from ends_at)::bigint as ends, used, granted`,
      values: [
        requests.map(({ bucket }) => bucket),
        requests.map(({ seconds }) => seconds),
        ends,
        requests.map(({ limit }) => limit),
        requests.map(({ amount }) => amount),
      ],
    });
    const leases = new Map(rows.map((row) => [keyOf(row.bucket, row.seconds, row.ends), row]));
    return requests.map(({ bucket, seconds }, at) => leases.get(keyOf(bucket, seconds, ends[at] ?? 0)));
  }

  async cleanUp(): Promise<void> {
    await this.pool.query(
      "delete from read_models.rate_windows where ends_at < clock_timestamp() - interval '1 minute'",
    );
  }
}
