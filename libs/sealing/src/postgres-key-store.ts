import type { Pool } from 'pg';
import type { KeyStore, SubjectKey } from './key-store';

/** The statements of one table of wrapped keys; they name its schema, so they are its owner's. */
export interface KeyStatements {
  /** `$1` subjects. */
  readonly find: string;
  /** `$1` subject, `$2` kek_id, `$3` wrapped; does nothing where the subject has a row. */
  readonly add: string;
  /** `$1` kek_id, `$2` the subject before, `$3` how many. */
  readonly outdated: string;
  /** `$1` subject, `$2` wrapped as it was, `$3` kek_id, `$4` wrapped. */
  readonly rewrap: string;
}

/** Wrapped keys in a table with columns `subject`, `kek_id` and `wrapped`. */
export function postgresKeyStore(
  pool: Pool,
  statements: KeyStatements,
  destroy: (subject: string) => Promise<void>,
): KeyStore {
  const find = async (subjects: readonly string[]) => (await pool.query<SubjectKey>(statements.find, [subjects])).rows;
  return {
    find,
    add: async (subject, { kek_id, wrapped }) => {
      await pool.query(statements.add, [subject, kek_id, wrapped]);
      // A statement of its own: it sees the row that was there first.
      return (await find([subject]))[0]!;
    },
    destroy,
    outdated: async (kekId, after, limit) =>
      (await pool.query<SubjectKey & { wrapped: Buffer }>(statements.outdated, [kekId, after, limit])).rows,
    rewrap: async (subject, from, to) =>
      ((await pool.query(statements.rewrap, [subject, from.wrapped, to.kek_id, to.wrapped])).rowCount ?? 0) > 0,
  };
}
