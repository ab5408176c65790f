import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { StartupError } from '@ao/platform';
import { createKeyRing, KeyRingError, type KeyRing } from '@ao/sealing';
import type { IdentityConfig } from '../identity.config';

export type SealingConfig = Pick<IdentityConfig, 'SEALING_KEYS' | 'SEALING_KEYS_FILE'>;

/** How often the file is looked at: not watched, because what orchestrators do to mounted files no watcher sees reliably. */
const LOOK_MS = 1_000;

const WHAT_TO_DO =
  'set SEALING_KEYS_FILE (or SEALING_KEYS) to key-encryption keys, each <id>:<base64 of 32 bytes>, the first one wraps; ' +
  'made by: echo "k1:$(openssl rand -base64 32)"';

/** @throws StartupError */
export function openKeyRing(config: SealingConfig): KeyRing {
  const why = whyNoKeyRing(config);
  if (why !== undefined) throw new StartupError(`identity cannot start: ${why}`);
  return createKeyRing(textOf(config));
}

/** Why there are no keys to seal with, in one sentence that says what to do. */
export function whyNoKeyRing(config: SealingConfig): string | undefined {
  try {
    createKeyRing(textOf(config));
    return undefined;
  } catch (error) {
    if (!(error instanceof KeyRingError)) throw error;
    return `${error.message}; ${WHAT_TO_DO}.`;
  }
}

function textOf({ SEALING_KEYS, SEALING_KEYS_FILE }: SealingConfig): string {
  if (SEALING_KEYS !== undefined && SEALING_KEYS_FILE !== undefined)
    throw new KeyRingError('SEALING_KEYS and SEALING_KEYS_FILE are both set and only one can be meant');
  if (SEALING_KEYS !== undefined) return SEALING_KEYS;
  if (SEALING_KEYS_FILE === undefined) throw new KeyRingError('it has no keys to seal personal data and secrets with');
  try {
    return readFileSync(SEALING_KEYS_FILE, 'utf8');
  } catch (error) {
    throw new KeyRingError(`SEALING_KEYS_FILE cannot be read (${(error as Error).message})`);
  }
}

export const nameOf = ({ SEALING_KEYS_FILE }: SealingConfig) =>
  SEALING_KEYS_FILE === undefined ? 'SEALING_KEYS' : 'SEALING_KEYS_FILE';

export interface KeyFile {
  /** Looks at once: resolves when the ring has what the file says now. */
  look(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Follows the file of keys. One that cannot be used is told once and changes nothing: the keys before go on.
 * @param on.change there are other keys; `wraps`: and another one wraps than before
 */
export function followKeyFile(
  file: string,
  ring: KeyRing,
  on: { change: (wraps: boolean) => void; failure: (error: Error) => void },
  lookMs = LOOK_MS,
): KeyFile {
  let ids = ring.ids().join();
  let last: string | undefined;
  let lastFailure: string | undefined;
  let looking: Promise<void> | undefined;

  async function lookOnce(): Promise<void> {
    try {
      const text = await readFile(file, 'utf8');
      if (text !== last) {
        const wraps = ring.replace(text);
        last = text;
        if (wraps || ids !== ring.ids().join()) on.change(wraps);
        ids = ring.ids().join();
      }
      lastFailure = undefined;
    } catch (error) {
      const { message } = error as Error;
      if (message !== lastFailure) on.failure(error as Error);
      lastFailure = message;
    }
  }

  const look = () =>
    (looking ??= lookOnce().finally(() => {
      looking = undefined;
    }));
  const timer = setInterval(() => void look(), lookMs);
  timer.unref();
  return {
    look,
    stop: async () => {
      clearInterval(timer);
      await looking;
    },
  };
}
