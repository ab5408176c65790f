import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const NONCE = 12;
const TAG = 16;

export const KEY_BYTES = 32;

/** Random 96-bit nonce, ciphertext, tag. `bound` is authenticated and not kept: whoever opens it must know it. */
export function encrypt(key: Buffer, bound: readonly string[], plain: Buffer): Buffer {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG });
  cipher.setAAD(lengthPrefixed(bound));
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** Undefined when key, `bound` or bytes are not those of `encrypt`. */
export function decrypt(key: Buffer, bound: readonly string[], bytes: Buffer): Buffer | undefined {
  if (bytes.length < NONCE + TAG) return undefined;
  const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, NONCE), { authTagLength: TAG });
  decipher.setAAD(lengthPrefixed(bound));
  decipher.setAuthTag(bytes.subarray(bytes.length - TAG));
  const plain = decipher.update(bytes.subarray(NONCE, bytes.length - TAG));
  try {
    return Buffer.concat([plain, decipher.final()]);
  } catch {
    return undefined;
  }
}

/** Each part behind its length in bytes, so that no two lists of parts give the same bytes. */
export function lengthPrefixed(parts: readonly string[]): Buffer {
  return Buffer.concat(
    parts.flatMap((part) => {
      const bytes = Buffer.from(part);
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return [length, bytes];
    }),
  );
}
