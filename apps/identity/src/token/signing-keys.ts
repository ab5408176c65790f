import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { INSTALLATION, type ResultOf, type rotateSigningKey, type SigningKeyEvent } from '@ao/contracts';
import type { CommandResult, CommandShell, EventReader, RecordedEvent, Subscriptions } from '@ao/event-log';
import { systemMetadata, isRejection, type Clock, type CommandMetadata } from '@ao/kernel';
import type { Answer } from '@ao/messaging';
import type { Sealer } from '@ao/sealing';
import { signingKeyAggregate } from './signing-key.decider';
import { evolveSigningKeys, keysToRetire, keyThatSigns, signingKeyId, type SigningKeys } from './signing-key.rules';

const CATEGORY = signingKeyAggregate.category;
/** How often a replica looks whether an old key has served its time. */
const LOOK_MS = 60_000;

export interface SigningKeyRing {
  /** Follows the keys in the log, and makes the first one unless another replica has. */
  start(): Promise<void>;
  stop(): void;
  signer(): Promise<{ readonly key_id: string; readonly key: KeyObject }>;
  /** The public half of a key that is trusted; nothing for any other id, whatever it says. */
  verifier(keyId: string): KeyObject | undefined;
  rotate(metadata: CommandMetadata): Answer<typeof rotateSigningKey>;
  /** Ends the trust in keys whose successor has long signed. Any replica may do so, at any time, as often as it likes. */
  retireOld(): Promise<void>;
}

export interface SigningKeyRingOptions {
  readonly log: EventReader;
  readonly shell: CommandShell;
  readonly subscriptions: Subscriptions;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
}

/** The keys of this installation as the log has them; private halves are opened when they first sign. */
export function createSigningKeyRing(options: SigningKeyRingOptions): SigningKeyRing {
  const { log, shell, subscriptions, sealer, clock, onError } = options;
  let keys: SigningKeys = [];
  const opened = new Map<string, Promise<KeyObject>>();
  const publicKeys = new Map<string, KeyObject>();
  let looking: NodeJS.Timeout | undefined;

  const take = (events: readonly RecordedEvent[]) => {
    for (const event of events) keys = evolveSigningKeys(keys, event as SigningKeyEvent);
  };

  /** There are few of them, ever: one page. */
  async function readAll(): Promise<number> {
    const upTo = await log.head();
    take(await log.read({ categories: [CATEGORY], upTo, limit: 10_000 }));
    return upTo;
  }

  /** The key of this number, unless another replica has made it. */
  async function make(number: number, metadata: CommandMetadata): Answer<typeof rotateSigningKey> {
    const key_id = signingKeyId(number);
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const pkcs8 = privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64');
    const data = {
      key_id,
      public_key: publicKey.export({ format: 'jwk' }).x!,
      private_key: await sealer.seal(INSTALLATION, 'signing_key', pkcs8),
    };
    // What was made up here is no part of what was asked for.
    const command = { type: 'CreateSigningKey' as const, data, metadata };
    const result = await shell.run(signingKeyAggregate, key_id, command, { payload: {} });
    await readAll();
    return result as CommandResult<ResultOf<typeof rotateSigningKey>>;
  }

  async function retireOld(): Promise<void> {
    for (const { key_id } of keysToRetire(keys, clock.now())) {
      const command = { type: 'RetireSigningKey' as const, data: { key_id }, metadata: systemMetadata('identity') };
      const result = await shell.run(signingKeyAggregate, key_id, command);
      if (isRejection(result)) throw new Error(result.message);
    }
    await readAll();
  }

  async function open(sealed: string): Promise<KeyObject> {
    const pkcs8 = await sealer.open(sealed, 'signing_key');
    if (pkcs8 === null) throw new Error('the signing key cannot be opened: the key of the installation was destroyed');
    return createPrivateKey({ key: Buffer.from(pkcs8, 'base64'), format: 'der', type: 'pkcs8' });
  }

  return {
    async start() {
      await subscriptions.local({ name: 'signing_keys', categories: [CATEGORY], seed: readAll, handle: take });
      await retireOld();
      if (!keyThatSigns(keys, clock.now())) {
        // The number that was missing just now: looked at again it may be there, and this would be one too many.
        const made = await make(keys.length + 1, systemMetadata('identity'));
        if (isRejection(made)) throw new Error(made.message);
      }
      looking = setInterval(() => void retireOld().catch(onError), LOOK_MS).unref();
    },
    stop: () => clearInterval(looking),
    async signer() {
      const key = keyThatSigns(keys, clock.now());
      if (!key) throw new Error('there is no key that signs tokens yet');
      const { key_id, private_key } = key;
      let opening = opened.get(key_id);
      if (!opening) {
        opening = open(private_key);
        opened.set(key_id, opening);
        opening.catch(() => opened.delete(key_id));
      }
      return { key_id, key: await opening };
    },
    verifier(keyId) {
      const found = keys.find(({ key_id, retired }) => key_id === keyId && !retired);
      if (!found) return undefined;
      let key = publicKeys.get(keyId);
      if (!key) {
        key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: found.public_key }, format: 'jwk' });
        publicKeys.set(keyId, key);
      }
      return key;
    },
    async rotate(metadata) {
      await readAll();
      const rotated = await make(keys.length + 1, metadata);
      await retireOld();
      return rotated;
    },
    retireOld,
  };
}
