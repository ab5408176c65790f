import { timingSafeEqual } from 'node:crypto';
import { KEY_BYTES, decrypt, encrypt } from './aes-gcm';
import { KeyRingError } from './errors';
import type { WrappedKey } from './key-store';

interface KeyEncryptionKey {
  readonly id: string;
  readonly key: Buffer;
}

/** The key-encryption keys: the first one wraps, all unwrap. */
export interface KeyRing {
  /** Of the key that wraps. */
  wrappingId(): string;
  has(kekId: string): boolean;
  /** Of all keys that unwrap. */
  ids(): readonly string[];
  wrap(subject: string, key: Buffer): WrappedKey & { wrapped: Buffer };
  /** @throws KeyRingError when the key-encryption key is not here, or is another one of the same name */
  unwrap(subject: string, kekId: string, wrapped: Buffer): Buffer;
  /**
   * Takes other keys. Those that are no longer named go on unwrapping until the process ends, so that what another replica
   * still wraps under them can be read. True when another key wraps than before.
   * @throws KeyRingError and changes nothing
   */
  replace(text: string): boolean;
}

const LINE = /^([A-Za-z0-9_.-]{1,64}):([A-Za-z0-9+/_-]{43}=?)$/;

/**
 * `<id>:<base64 of 32 bytes>`, separated by commas or lines; empty lines and lines that begin with # are left out.
 * @throws KeyRingError
 */
export function createKeyRing(text: string): KeyRing {
  let wrapping: KeyEncryptionKey;
  const known = new Map<string, KeyEncryptionKey>();
  const take = (given: readonly KeyEncryptionKey[]) => {
    for (const { id, key } of given) {
      const other = known.get(id);
      if (other && !timingSafeEqual(other.key, key))
        throw new KeyRingError(
          `the key-encryption key '${id}' has another value than before, and a new key needs a new id`,
        );
    }
    for (const key of given) known.set(key.id, key);
    wrapping = given[0]!;
  };
  take(parse(text));
  return {
    wrappingId: () => wrapping.id,
    has: (kekId) => known.has(kekId),
    ids: () => [...known.keys()],
    wrap: (subject, key) => ({ kek_id: wrapping.id, wrapped: encrypt(wrapping.key, bound(subject), key) }),
    unwrap(subject, kekId, wrapped) {
      const kek = known.get(kekId);
      if (!kek) throw new KeyRingError(`the key of '${subject}' is wrapped under '${kekId}', which is not given`);
      const key = decrypt(kek.key, bound(subject), wrapped);
      if (key?.length !== KEY_BYTES)
        throw new KeyRingError(`the key of '${subject}' cannot be unwrapped by the key '${kekId}' that is given`);
      return key;
    },
    replace(changed) {
      const before = wrapping.id;
      take(parse(changed));
      return wrapping.id !== before;
    },
  };
}

const bound = (subject: string) => ['data key', subject];

function parse(text: string): KeyEncryptionKey[] {
  const entries = text
    .split(/[\r\n]+/)
    .filter((line) => !line.trimStart().startsWith('#'))
    .flatMap((line) => line.split(','))
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  if (entries.length === 0) throw new KeyRingError('the list of key-encryption keys is empty');
  const keys = entries.map((entry, index) => {
    const [, id, base64] = LINE.exec(entry) ?? [];
    // Never the entry itself: it may be a key without its id.
    if (id === undefined || base64 === undefined)
      throw new KeyRingError(`key-encryption key number ${index + 1} is not <id>:<base64 of 32 bytes>`);
    return { id, key: Buffer.from(base64, 'base64') };
  });
  const ids = keys.map(({ id }) => id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) throw new KeyRingError(`there are two key-encryption keys '${twice}'`);
  return keys;
}
