import type { EventLog, RunningLocal, Subscriptions } from '@ao/event-log';
import { StartupError, type Logger } from '@ao/platform';
import { createSealer, KeyRingError, rewrapKeys, type KeyRing, type KeyStore, type OpenSealer } from '@ao/sealing';
import type { Pool } from 'pg';
import { dataKeys } from './data-keys';
import { destroyKeyWhenErased } from './destroy-key-when-erased';
import { erasedBy } from './erased-by';
import { followKeyFile, nameOf, openKeyRing, type KeyFile, type SealingConfig } from './key-source';

export interface SealingDependencies {
  readonly config: SealingConfig;
  readonly pool: Pool;
  readonly log: Pick<EventLog, 'head'>;
  readonly subscriptions: Subscriptions;
  readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>;
}

/** The keys of this replica: opened on demand, brought under the key-encryption key that wraps, forgotten when destroyed. */
export class SealingService {
  readonly sealer: OpenSealer;
  private readonly ring: KeyRing;
  private readonly store: KeyStore;
  private file: KeyFile | undefined;
  private following: RunningLocal | undefined;
  private rewrapping: Promise<void> = Promise.resolve();
  private stopped = false;

  /** @throws StartupError when there is no key-encryption key */
  constructor(private readonly dependencies: SealingDependencies) {
    const { config, pool } = dependencies;
    this.ring = openKeyRing(config);
    this.store = dataKeys(pool);
    this.sealer = createSealer({ ring: this.ring, store: this.store, refresh: async () => this.file?.look() });
  }

  /** @throws StartupError when the keys in the database are wrapped under others than those given */
  async start(): Promise<void> {
    const { config, subscriptions, log } = this.dependencies;
    await this.checkKeys(config);
    await subscriptions.owned(destroyKeyWhenErased);
    // A destroyed key is forgotten at once; without this it would be two seconds later.
    this.following = await subscriptions.local({
      name: 'opened-keys',
      categories: ['user', 'secret'],
      seed: () => {
        this.sealer.clear();
        return log.head();
      },
      handle: (events) => {
        for (const event of events) {
          const subject = erasedBy(event);
          if (subject !== undefined) this.sealer.drop(subject);
        }
      },
    });
    if (config.SEALING_KEYS_FILE !== undefined) this.follow(config.SEALING_KEYS_FILE);
    this.rewrap();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.file?.stop();
    await this.following?.stop();
    await this.rewrapping;
  }

  /** Resolves when what was to be rewrapped so far is. */
  settled(): Promise<void> {
    return this.rewrapping;
  }

  /** Also makes the installation's key, at the very first start. */
  private async checkKeys(config: SealingConfig): Promise<void> {
    try {
      await this.sealer.index('check', '');
    } catch (error) {
      if (!(error instanceof KeyRingError)) throw error;
      throw new StartupError(
        `identity cannot start: ${error.message}; give ${nameOf(config)} the key-encryption keys that this database was used with.`,
      );
    }
  }

  private follow(file: string): void {
    const { logger } = this.dependencies;
    this.file = followKeyFile(file, this.ring, {
      change: (wraps) => {
        const keys = { kek_id: this.ring.wrappingId(), known: this.ring.ids() };
        logger.info(keys, wraps ? 'another key-encryption key wraps from now on' : 'key-encryption keys were added');
        this.rewrap();
      },
      failure: (err) => logger.error({ err }, 'SEALING_KEYS_FILE cannot be used; the keys read before stay in use'),
    });
  }

  /** One run after another, beside everything else. */
  private rewrap(): void {
    const { logger } = this.dependencies;
    this.rewrapping = this.rewrapping
      .then(() => rewrapKeys(this.ring, this.store, { goOn: () => !this.stopped }))
      .then(({ rewrapped, failed }) => {
        if (rewrapped > 0) logger.info({ rewrapped, kek_id: this.ring.wrappingId() }, 'keys were wrapped anew');
        if (failed > 0)
          logger.error(
            { failed },
            'keys are wrapped under key-encryption keys that are not given; they cannot be opened',
          );
      })
      .catch((err: unknown) => logger.error({ err }, 'keys could not be wrapped anew; the next start tries again'));
  }
}
