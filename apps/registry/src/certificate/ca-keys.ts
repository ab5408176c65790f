import { readFileSync } from 'node:fs';
import { StartupError } from '@ao/platform';
import {
  createKeyRing,
  createSealer,
  KeyRingError,
  rewrapKeys,
  type KeyRing,
  type KeyStore,
  type Sealer,
} from '@ao/sealing';
import type { SubjectKey } from '@ao/sealing';
import type { Pool } from 'pg';
import type { RegistryConfig } from '../registry.config';

type CaKeysConfig = Pick<RegistryConfig, 'CA_KEYS' | 'CA_KEYS_FILE'>;

const WHAT_TO_DO =
  'set CA_KEYS_FILE (or CA_KEYS) to key-encryption keys, each <id>:<base64 of 32 bytes>, the first one wraps; ' +
  'made by: echo "k1:$(openssl rand -base64 32)"';

const FIND = 'select subject, kek_id, wrapped from registry.data_keys where subject = any($1)';
const ADD = 'insert into registry.data_keys (subject, kek_id, wrapped) values ($1, $2, $3) on conflict do nothing';
const OUTDATED = `
  select subject, kek_id, wrapped from registry.data_keys where kek_id <> $1 and subject > $2 order by subject limit $3`;
const REWRAP = 'update registry.data_keys set kek_id = $3, wrapped = $4 where subject = $1 and wrapped = $2';

/** Wrapped keys in `registry.data_keys`: the authority's alone, which nobody erases. */
function dataKeys(pool: Pool): KeyStore {
  const find = async (subjects: readonly string[]) => (await pool.query<SubjectKey>(FIND, [subjects])).rows;
  return {
    find,
    add: async (subject, { kek_id, wrapped }) => {
      await pool.query(ADD, [subject, kek_id, wrapped]);
      // A statement of its own: it sees the row that was there first.
      return (await find([subject]))[0]!;
    },
    destroy: () => Promise.reject(new Error("the authority's key is not anybody's to destroy")),
    outdated: async (kekId, after, limit) =>
      (await pool.query<SubjectKey & { wrapped: Buffer }>(OUTDATED, [kekId, after, limit])).rows,
    rewrap: async (subject, from, to) =>
      ((await pool.query(REWRAP, [subject, from.wrapped, to.kek_id, to.wrapped])).rowCount ?? 0) > 0,
  };
}

/** What seals the authority's key: a ring of the registry's own, so that identity's keys open nothing here. */
export interface CaKeys {
  readonly sealer: Sealer;
  /**
   * Brings the key under the key-encryption key that wraps now.
   * @throws StartupError when it is wrapped under one that is not given
   */
  check(): Promise<void>;
}

/** @throws StartupError */
export function openCaKeys(config: CaKeysConfig, pool: Pool): CaKeys {
  const why = whyNoCaKeys(config);
  if (why !== undefined) throw new StartupError(`registry cannot start: ${why}`);
  const ring: KeyRing = createKeyRing(textOf(config));
  const store = dataKeys(pool);
  const refresh = () => Promise.resolve(void ring.replace(textOf(config)));
  return {
    sealer: createSealer({ ring, store, refresh }),
    async check() {
      const { failed } = await rewrapKeys(ring, store);
      if (failed === 0) return;
      const name = config.CA_KEYS_FILE === undefined ? 'CA_KEYS' : 'CA_KEYS_FILE';
      throw new StartupError(
        `registry cannot start: the key of the certificate authority is wrapped under another key-encryption key; give ${name} the keys that this database was used with.`,
      );
    },
  };
}

/** Why there is no key to seal the authority's with, in one sentence that says what to do. */
export function whyNoCaKeys(config: CaKeysConfig): string | undefined {
  try {
    createKeyRing(textOf(config));
    return undefined;
  } catch (error) {
    if (!(error instanceof KeyRingError)) throw error;
    return `${error.message}; ${WHAT_TO_DO}.`;
  }
}

function textOf({ CA_KEYS, CA_KEYS_FILE }: CaKeysConfig): string {
  if (CA_KEYS !== undefined && CA_KEYS_FILE !== undefined)
    throw new KeyRingError('CA_KEYS and CA_KEYS_FILE are both set and only one can be meant');
  if (CA_KEYS !== undefined) return CA_KEYS;
  if (CA_KEYS_FILE === undefined) throw new KeyRingError("it has no keys to seal the certificate authority's key with");
  try {
    return readFileSync(CA_KEYS_FILE, 'utf8');
  } catch (error) {
    throw new KeyRingError(`CA_KEYS_FILE cannot be read (${(error as Error).message})`);
  }
}
