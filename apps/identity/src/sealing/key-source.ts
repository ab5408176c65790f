import { readFile } from 'node:fs/promises';
import { StartupError } from '@ao/platform';
import { givenKeyRing, variableOf, whyNoKeys, type GivenKeys, type KeyRing } from '@ao/sealing';
import type { IdentityConfig } from '../identity.config';

export type SealingConfig = Pick<IdentityConfig, 'SEALING_KEYS' | 'SEALING_KEYS_FILE'>;

/** How often the file is looked at: not watched, because what orchestrators do to mounted files no watcher sees reliably. */
const LOOK_MS = 1_000;

const given = ({ SEALING_KEYS, SEALING_KEYS_FILE }: SealingConfig): GivenKeys => ({
  variable: 'SEALING_KEYS',
  value: SEALING_KEYS,
  file: SEALING_KEYS_FILE,
  purpose: 'seal personal data and secrets with',
});

/** @throws StartupError */
export function openKeyRing(config: SealingConfig): KeyRing {
  const why = whyNoKeyRing(config);
  if (why !== undefined) throw new StartupError(`identity cannot start: ${why}`);
  return givenKeyRing(given(config));
}

/** Why there are no keys to seal with, in one sentence that says what to do. */
export const whyNoKeyRing = (config: SealingConfig) => whyNoKeys(given(config));

export const nameOf = (config: SealingConfig) => variableOf(given(config));

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
