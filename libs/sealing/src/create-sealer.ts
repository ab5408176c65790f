import { createHmac, hkdfSync } from 'node:crypto';
import { INSTALLATION, Sealed, subjectOf } from '@ao/contracts';
import { decrypt, encrypt, lengthPrefixed } from './aes-gcm';
import { SealBrokenError } from './errors';
import { createKeyCache, type KeyCacheOptions } from './key-cache';
import type { Sealer } from './sealer';

/** A sealer of one process, with the keys it has open. */
export interface OpenSealer extends Sealer {
  /** Forgets an opened key: it was destroyed elsewhere. */
  drop(subject: string): void;
  /** Forgets all opened keys. */
  clear(): void;
}

export function createSealer(options: KeyCacheOptions): OpenSealer {
  const keys = createKeyCache(options);
  let indexKey: Promise<Buffer> | undefined;

  /** Derived from the installation's key, which is never destroyed: other key-encryption keys leave it as it is. */
  function keyOfIndexes(): Promise<Buffer> {
    indexKey ??= keys
      .findOrMake(INSTALLATION)
      .then((key) => Buffer.from(hkdfSync('sha256', key, '', 'blind index', 32)))
      .catch((error: unknown) => {
        indexKey = undefined;
        throw error;
      });
    return indexKey;
  }

  return {
    async seal(subject, context, text) {
      const key = await keys.findOrMake(subject);
      const bytes = encrypt(key, [subject, context], Buffer.from(text));
      return `s1.${subject}.${bytes.toString('base64url')}`;
    },
    async open(sealed, context) {
      if (!Sealed.safeParse(sealed).success) throw new SealBrokenError('?');
      const subject = subjectOf(sealed);
      const base64 = sealed.slice(sealed.lastIndexOf('.') + 1);
      const bytes = Buffer.from(base64, 'base64url');
      // Base64 has several spellings of the same bytes; a sealed text has one.
      if (bytes.toString('base64url') !== base64) throw new SealBrokenError(subject);
      const key = await keys.find(subject);
      if (key === null) return null;
      const text = key && decrypt(key, [subject, context], bytes);
      if (!text) throw new SealBrokenError(subject);
      return text.toString();
    },
    async index(purpose, text) {
      return createHmac('sha256', await keyOfIndexes())
        .update(lengthPrefixed([purpose, text]))
        .digest('hex');
    },
    async destroy(subject) {
      if (subject === INSTALLATION) throw new Error("the installation's key is not anybody's to destroy");
      await options.store.destroy(subject);
      keys.drop(subject);
    },
    drop: (subject) => keys.drop(subject),
    clear: () => keys.clear(),
  };
}
