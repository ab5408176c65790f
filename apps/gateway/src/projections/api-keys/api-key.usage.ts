import type { Pool } from 'pg';

const WRITE_EVERY_MS = 5_000;
/** Keys remembered between two writes; further ones are noted the next time they are used. */
const MAX_PENDING = 10_000;

export interface ApiKeyUsageOptions {
  readonly pool: Pick<Pool, 'query'>;
  readonly clock: { now(): number };
  readonly onError: (error: unknown) => void;
  readonly everyMs?: number;
}

/**
 * Notes when API keys were last used: in memory per request, in Postgres every few seconds. Telemetry: what a crash loses
 * is a few seconds of `last_used_at`.
 */
export class ApiKeyUsage {
  private pending = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(private readonly options: ApiKeyUsageOptions) {}

  /** Costs a map entry; nothing waits. */
  used(apiKeyId: string): void {
    if (this.pending.size >= MAX_PENDING && !this.pending.has(apiKeyId)) return;
    this.pending.set(apiKeyId, this.options.clock.now());
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      void this.flush();
    }, this.options.everyMs ?? WRITE_EVERY_MS).unref();
  }

  /** Writes what is known now. Never rejects. */
  flush(): Promise<void> {
    const batch = this.pending;
    this.pending = new Map();
    if (batch.size > 0) this.writing = this.writing.then(() => this.write(batch));
    return this.writing;
  }

  async close(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    await this.flush();
  }

  private async write(batch: ReadonlyMap<string, number>): Promise<void> {
    try {
      // In one order, so that two replicas never wait for each other's rows crosswise.
      const entries = [...batch].sort(([a], [b]) => (a < b ? -1 : 1));
      await this.options.pool.query({
        name: 'note_api_key_usage',
        text: `insert into telemetry.api_key_usage as u (api_key_id, last_used_at)
               select id, to_timestamp(at / 1000.0) from unnest($1::uuid[], $2::double precision[]) t(id, at)
               on conflict (api_key_id) do update set last_used_at = greatest(u.last_used_at, excluded.last_used_at)`,
        values: [entries.map(([id]) => id), entries.map(([, at]) => at)],
      });
    } catch (error) {
      this.options.onError(error);
    }
  }
}
