import { INSTALLATION, sealAddress } from '@ao/contracts';
import { systemMetadata, isRejection, type Clock } from '@ao/kernel';
import type { CommandClient } from '@ao/messaging';
import type { Principal } from '../http/principal';
import { UNKNOWN_ADDRESS } from './client-address';

/** A write waits no longer than this for the seal of its address, and goes without it then. */
const WAIT_MS = 250;
/** After identity did not answer, nobody waits for it for so long. */
const REST_MS = 5_000;
const MAX_KEPT = 10_000;

type Sealing = string | undefined | Promise<string | undefined>;

/**
 * The address that a write came from, sealed under the caller's own key, for the metadata of its events. Asked of identity
 * once per caller and address; the bounded memory holds no address in clear beyond the process.
 */
export class SealedAddresses {
  private readonly kept = new Map<string, Sealing>();
  private restsUntil = 0;

  constructor(
    private readonly client: Pick<CommandClient, 'query'>,
    private readonly clock: Clock,
    private readonly waitMs = WAIT_MS,
  ) {}

  /** How many are kept. */
  get size(): number {
    return this.kept.size;
  }

  /** At once when it is known; undefined when it cannot be had in time. */
  sealed(principal: Principal, address: string): Sealing {
    if (address === UNKNOWN_ADDRESS) return undefined;
    const subject = principal.sealSubject ?? INSTALLATION;
    const key = `${subject} ${address}`;
    const known = this.kept.get(key);
    if (known !== undefined) return known;
    if (this.clock.now() < this.restsUntil) return undefined;
    const asked = this.ask(subject, address).then((sealed) => {
      if (sealed === undefined) this.kept.delete(key);
      else this.kept.set(key, sealed);
      return sealed;
    });
    if (this.kept.size >= MAX_KEPT) {
      const oldest = this.kept.keys().next();
      if (!oldest.done) this.kept.delete(oldest.value);
    }
    this.kept.set(key, asked);
    return asked;
  }

  /** Never rejects. */
  private async ask(subject: string, address: string): Promise<string | undefined> {
    try {
      const outcome = await this.client.query(
        sealAddress,
        { subject, address },
        { ...systemMetadata('gateway'), deadline: this.clock.now() + this.waitMs },
      );
      if (!isRejection(outcome)) return outcome.result.sealed;
      if (outcome.rejection === 'unavailable') this.restsUntil = this.clock.now() + REST_MS;
      return undefined;
    } catch {
      this.restsUntil = this.clock.now() + REST_MS;
      return undefined;
    }
  }
}
