import { StartupError } from '@ao/platform';
import {
  createSealer,
  givenKeyRing,
  givenKeyText,
  postgresKeyStore,
  rewrapKeys,
  variableOf,
  whyNoKeys,
  type GivenKeys,
  type KeyStatements,
  type KeyStore,
  type Sealer,
} from '@ao/sealing';
import type { Pool } from 'pg';
import type { RegistryConfig } from '../registry.config';

type CaKeysConfig = Pick<RegistryConfig, 'CA_KEYS' | 'CA_KEYS_FILE'>;

const given = ({ CA_KEYS, CA_KEYS_FILE }: CaKeysConfig): GivenKeys => ({
  variable: 'CA_KEYS',
  value: CA_KEYS,
  file: CA_KEYS_FILE,
  purpose: "seal the certificate authority's key with",
});

const STATEMENTS: KeyStatements = {
  find: 'select subject, kek_id, wrapped from registry.data_keys where subject = any($1)',
  add: 'insert into registry.data_keys (subject, kek_id, wrapped) values ($1, $2, $3) on conflict do nothing',
  outdated: `
    select subject, kek_id, wrapped from registry.data_keys
     where kek_id <> $1 and subject > $2
     order by subject limit $3`,
  rewrap: 'update registry.data_keys set kek_id = $3, wrapped = $4 where subject = $1 and wrapped = $2',
};

/** Wrapped keys in `registry.data_keys`: the authority's alone, which nobody erases. */
const dataKeys = (pool: Pool): KeyStore =>
  postgresKeyStore(pool, STATEMENTS, () =>
    Promise.reject(new Error("the authority's key is not anybody's to destroy")),
  );

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
  const keys = given(config);
  const ring = givenKeyRing(keys);
  const store = dataKeys(pool);
  const refresh = () => Promise.resolve(void ring.replace(givenKeyText(keys)));
  return {
    sealer: createSealer({ ring, store, refresh }),
    async check() {
      const { failed } = await rewrapKeys(ring, store);
      if (failed === 0) return;
      throw new StartupError(
        `registry cannot start: the key of the certificate authority is wrapped under another key-encryption key; give ${variableOf(keys)} the keys that this database was used with.`,
      );
    },
  };
}

/** Why there is no key to seal the authority's with, in one sentence that says what to do. */
export const whyNoCaKeys = (config: CaKeysConfig) => whyNoKeys(given(config));
