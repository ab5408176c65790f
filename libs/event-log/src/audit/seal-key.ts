import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  verify,
  type KeyObject,
} from 'node:crypto';
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { SealText } from './audit-record';
import { sealedText } from './canonical-hash';

/** Names a key without telling it: the first 8 bytes of the SHA-256 of the public key, hex. */
export function keyIdOf(publicKey: KeyObject): string {
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex')
    .slice(0, 16);
}

/** The private key in a PEM file. @throws Error with one sentence when it is none, or no Ed25519 key */
export function readSealKey(file: string): KeyObject {
  return ed25519(file, () => createPrivateKey(readFileSync(file)));
}

/** A public key in a PEM file; a private one gives its public half. */
export function readSealPublicKey(file: string): KeyObject {
  return ed25519(file, () => createPublicKey(readFileSync(file)));
}

function ed25519(file: string, read: () => KeyObject): KeyObject {
  let key: KeyObject;
  try {
    key = read();
  } catch (error) {
    throw new Error(`${file} holds no key that can be read: ${(error as Error).message}`);
  }
  if (key.asymmetricKeyType !== 'ed25519') throw new Error(`${file} holds no Ed25519 key but ${key.asymmetricKeyType}`);
  return key;
}

/** Makes a key pair and writes the private key (PEM, readable by its owner alone) unless the file exists; says whether it did. */
export function createSealKey(file: string): boolean {
  let handle: number;
  try {
    handle = openSync(file, 'wx', 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  try {
    writeSync(handle, generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  } finally {
    closeSync(handle);
  }
  return true;
}

export function publicPem(key: KeyObject): string {
  const publicKey = key.type === 'private' ? createPublicKey(key) : key;
  return publicKey.export({ type: 'spki', format: 'pem' }).toString();
}

export function signSeal(privateKey: KeyObject, last_position: string, hash: string, sealed_us: string): SealText {
  const seal = { last_position, hash, sealed_us, key_id: keyIdOf(createPublicKey(privateKey)) };
  return { ...seal, signature: sign(null, sealedText(seal), privateKey).toString('hex') };
}

export function isSignedBy(seal: SealText, publicKey: KeyObject): boolean {
  return verify(null, sealedText(seal), publicKey, Buffer.from(seal.signature, 'hex'));
}
