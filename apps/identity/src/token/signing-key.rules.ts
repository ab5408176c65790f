import type { SigningKeyEvent } from '@ao/contracts';
import { derivedId } from '@ao/kernel';

/** Of what a key signed nothing lives longer (15 minutes at most), with as much again for clocks and requests under way. */
export const SIGNING_KEY_GRACE_MS = 30 * 60_000;
/** A new key signs once every verifier has had the time to hear of it. */
export const SIGNING_KEY_SETTLE_MS = 5_000;

export interface SigningKey {
  readonly key_id: string;
  /** The `x` of the public JWK. */
  readonly public_key: string;
  /** Sealed. */
  readonly private_key: string;
  /** Unix milliseconds. */
  readonly created_at: number;
  readonly retired: boolean;
}

/** Every key there ever was, the oldest first. */
export type SigningKeys = readonly SigningKey[];

/** The number of a key, from 1, is its place among all there ever were. */
export const signingKeyId = (number: number) => derivedId('signing-key', number);

/** Folds one event in; the same event again changes nothing. */
export function evolveSigningKeys(keys: SigningKeys, event: SigningKeyEvent): SigningKeys {
  switch (event.type) {
    case 'SigningKeyCreated': {
      const { key_id, public_key, private_key, created_at } = event.data;
      if (keys.some((key) => key.key_id === key_id)) return keys;
      return [...keys, { key_id, public_key, private_key, created_at: Date.parse(created_at), retired: false }];
    }
    case 'SigningKeyRetired':
      return keys.map((key) => (key.key_id === event.data.key_id ? { ...key, retired: true } : key));
    default:
      return keys;
  }
}

/** The newest that verifiers know for sure; while there is none, the oldest that is trusted. */
export function keyThatSigns(keys: SigningKeys, now: number): SigningKey | undefined {
  const trusted = keys.filter(({ retired }) => !retired);
  return trusted.findLast(({ created_at }) => now - created_at >= SIGNING_KEY_SETTLE_MS) ?? trusted[0];
}

/** Those whose successor has signed for longer than anything they signed can live. */
export function keysToRetire(keys: SigningKeys, now: number): SigningKey[] {
  return keys.filter((key, index) => {
    const successor = keys[index + 1];
    return !key.retired && successor !== undefined && now - successor.created_at >= SIGNING_KEY_GRACE_MS;
  });
}
