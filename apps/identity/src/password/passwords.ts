import { hash, verify } from '@node-rs/argon2';
import { createSlots, hashSlots, type Busy, type SlotsOptions } from './slots';

/** OWASP's second choice of argon2id: 19 MiB, two passes, one lane. Raise them and old hashes still verify. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/**
 * The hash of a password that nobody has: an address that is nobody's costs the same as one that is somebody's. Fixed, so
 * that the first login after a start takes no longer than the next.
 */
const NOBODYS_HASH =
  '$argon2id$v=19$m=19456,t=2,p=1$lu7WDnwAFYSX4uHIe1j8vg$osD/Bt3Cjfx4xKfqcxprQ0fzh2rjTUbYqVIohB0+c8c';

/** Keyboards differ in how they spell an accent; what people type is the same to them. */
const normal = (password: string) => password.normalize('NFC');

export interface Passwords {
  hash(password: string): Promise<string | Busy>;
  /**
   * Compares under a slot. `before` runs in the slot, directly before the comparison, and may refuse it; `after` runs in the slot
   * with its outcome. So what was counted of the comparisons before is complete but for those in the other slots: many guesses
   * sent at once are not compared with a count of none.
   */
  compare<Refusal>(attempt: Comparison<Refusal>): Promise<boolean | Refusal | Busy>;
}

export interface Comparison<Refusal> {
  readonly password: string;
  /** Undefined: nobody has that address, or may not log in. Compared all the same, and never right. */
  readonly hash: string | undefined;
  readonly before?: () => Promise<Refusal | undefined>;
  readonly after?: (right: boolean) => Promise<void>;
}

export interface PasswordsOptions extends Partial<SlotsOptions> {
  /** For tests: counts comparisons. */
  readonly verify?: (hash: string, password: string) => Promise<boolean>;
}

/** argon2id on libuv's threads. One per process: the slots are what keeps logins from starving everything else. */
export function createPasswords(options: PasswordsOptions = {}): Passwords {
  const slots = createSlots({ slots: hashSlots(), ...options });
  const compareHash = options.verify ?? verify;
  return {
    hash: (password) => slots.take(() => hash(normal(password), COST)),
    compare: ({ password, hash: known, before, after }) =>
      slots.take(async () => {
        const refusal = await before?.();
        if (refusal !== undefined) return refusal;
        const matches = await compareHash(known ?? NOBODYS_HASH, normal(password));
        const right = known !== undefined && matches;
        await after?.(right);
        return right;
      }),
  };
}
