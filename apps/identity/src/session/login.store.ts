import { sqlFile } from '@ao/event-log';
import { join } from 'node:path';
import { isoTime } from '@ao/kernel';
import type { Pool } from 'pg';

const sql = (name: string) => sqlFile(join(__dirname, 'sql', name));
const COUNT_FAILURES = sql('count-failures.sql');
const FAILURES = sql('failures.sql');
const FORGIVE = sql('forgive.sql');
const FORGET_WINDOWS = sql('forget-windows.sql');
const KNOWS_ORIGIN = sql('knows-origin.sql');
const REMEMBER_ORIGIN = sql('remember-origin.sql');
const FORGET_OLDEST_ORIGINS = sql('forget-oldest-origins.sql');
const FORGET_ORIGINS = sql('forget-origins.sql');

/** Origins that are kept of a user, those of the latest logins. */
const ORIGINS_KEPT = 50;

export interface Failures {
  readonly bucket: string;
  readonly failures: number;
  readonly window_ends_at: Date;
}

/** What is counted of failed logins, and where users have logged in from. All times are Unix milliseconds of the log's clock. */
export interface LoginStore {
  /** Of the windows that are not over yet. */
  failures(buckets: readonly string[], now: number): Promise<Failures[]>;
  /** Counts one more in each; a new window ends at `windowEndsAt`. */
  count(buckets: readonly string[], now: number, windowEndsAt: number): Promise<Failures[]>;
  forgive(bucket: string): Promise<void>;
  /** Deletes the windows that are over. */
  forgetWindows(now: number): Promise<void>;
  knowsOrigin(userId: string, origin: string): Promise<boolean>;
  rememberOrigin(userId: string, origin: string, now: number): Promise<void>;
  forgetOrigins(userId: string): Promise<void>;
}

export function createLoginStore(pool: Pick<Pool, 'query'>): LoginStore {
  return {
    async failures(buckets, now) {
      return (await pool.query<Failures>(FAILURES, [buckets, isoTime(now)])).rows;
    },
    async count(buckets, now, windowEndsAt) {
      return (await pool.query<Failures>(COUNT_FAILURES, [buckets, isoTime(now), isoTime(windowEndsAt)])).rows;
    },
    async forgive(bucket) {
      await pool.query(FORGIVE, [bucket]);
    },
    async forgetWindows(now) {
      await pool.query(FORGET_WINDOWS, [isoTime(now)]);
    },
    async knowsOrigin(userId, origin) {
      const { rows } = await pool.query<{ known: boolean }>(KNOWS_ORIGIN, [userId, origin]);
      return rows[0]!.known;
    },
    async rememberOrigin(userId, origin, now) {
      await pool.query(REMEMBER_ORIGIN, [userId, origin, isoTime(now)]);
      await pool.query(FORGET_OLDEST_ORIGINS, [userId, ORIGINS_KEPT]);
    },
    async forgetOrigins(userId) {
      await pool.query(FORGET_ORIGINS, [userId]);
    },
  };
}
