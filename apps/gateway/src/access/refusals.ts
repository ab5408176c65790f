import { recordRefusals, type DataOf, type RefusalKind } from '@ao/contracts';
import { systemMetadata, isRejection, isoTime, newId, type Clock } from '@ao/kernel';
import type { CommandClient } from '@ao/messaging';

export interface Refused {
  readonly kind: RefusalKind;
  readonly code: string;
  /** With placeholders, never the path as it came. */
  readonly route: string | null;
  readonly permission?: string | null;
  readonly principal?: { readonly type: string; readonly id: string } | null;
  readonly address: string | null;
}

type Counted = DataOf<typeof recordRefusals>['refusals'][number];
/** `due`: the first of a kind in a minute goes out at once, what follows it when the minute is over. */
type Counting = { -readonly [Key in keyof Counted]: Counted[Key] } & { readonly due: number };

const SEND_EVERY_MS = 3_000;
const TIMEOUT_MS = 5_000;
/** Told apart per minute; what exceeds it is one entry per kind. */
const MAX_PER_MINUTE = 60;
const MINUTE_MS = 60_000;
const MAX_PER_COMMAND = 100;

export interface RefusalOptions {
  readonly client: Pick<CommandClient, 'send'>;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
  readonly everyMs?: number;
}

/**
 * What was refused at this door, for the audit: equal ones of a minute are counted together and sent every few seconds.
 * Bounded by construction: however many attempts there are, a minute makes at most 60 entries and one for each kind.
 */
export class Refusals {
  private minute = 0;
  private distinct = new Set<string>();
  private sentThisMinute = new Set<string>();
  private readonly counting = new Map<string, Counting>();
  /** On its way: the same command again until it is answered, so that nothing is recorded twice. */
  private sending: { readonly commandId: string; readonly refusals: Counted[] } | undefined;
  private timer: NodeJS.Timeout | undefined;
  private flushing: Promise<void> | undefined;

  constructor(private readonly options: RefusalOptions) {}

  record(refused: Refused): void {
    const now = this.options.clock.now();
    const minute = Math.floor(now / MINUTE_MS);
    if (minute !== this.minute) {
      this.minute = minute;
      this.distinct = new Set();
      this.sentThisMinute = new Set();
    }
    const key = JSON.stringify([
      ...[minute, refused.kind, refused.code, refused.route, refused.permission ?? null],
      ...[refused.principal?.type, refused.principal?.id, refused.address],
    ]);
    const known = this.distinct.has(key);
    const full = this.distinct.size >= MAX_PER_MINUTE || this.counting.size >= MAX_PER_MINUTE;
    if (!known && !full) this.distinct.add(key);
    if (known || !full) this.count(key, { permission: null, principal: null, ...refused }, now);
    else this.count(`further ${refused.kind}`, further(refused), now);
    this.again();
  }

  /** Sends what is due; what cannot be sent now is sent with the next. Never rejects. */
  flush(all = false): Promise<void> {
    return (this.flushing ??= this.send(all).finally(() => (this.flushing = undefined)));
  }

  async close(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    await this.flush(true);
    clearTimeout(this.timer);
  }

  private count(key: string, refused: Required<Refused>, now: number): void {
    const counted = this.counting.get(key);
    if (counted) {
      counted.count += 1;
      counted.last_at = isoTime(now);
      return;
    }
    const due = this.sentThisMinute.has(key) ? (this.minute + 1) * MINUTE_MS : now;
    this.counting.set(key, { ...refused, count: 1, first_at: isoTime(now), last_at: isoTime(now), due });
  }

  /** The next command's worth of what is due. */
  private take(all: boolean): Counted[] {
    const now = this.options.clock.now();
    const taken: Counted[] = [];
    for (const [key, { due, ...counted }] of this.counting) {
      if (taken.length === MAX_PER_COMMAND || (due > now && !all)) continue;
      taken.push(counted);
      this.counting.delete(key);
      this.sentThisMinute.add(key);
    }
    return taken;
  }

  private async send(all: boolean): Promise<void> {
    const { client, clock, onError } = this.options;
    if (!this.sending) {
      const refusals = this.take(all);
      if (refusals.length > 0) this.sending = { commandId: newId(), refusals };
    }
    if (!this.sending) return this.counting.size > 0 ? this.again() : undefined;
    const { commandId, refusals } = this.sending;
    try {
      const outcome = await client.send(
        recordRefusals,
        { refusals },
        {
          ...systemMetadata('gateway', commandId),
          deadline: clock.now() + TIMEOUT_MS,
          idempotent: true,
        },
      );
      // Away: again with the next. Anything else said of it is final.
      if (isRejection(outcome) && outcome.rejection === 'unavailable') return this.again();
      this.sending = undefined;
      if (isRejection(outcome)) onError(new Error(`refusals were not recorded: ${outcome.code}`));
      if (this.counting.size > 0) this.again();
    } catch (error) {
      onError(error);
      this.again();
    }
  }

  private again(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      void this.flush();
    }, this.options.everyMs ?? SEND_EVERY_MS).unref();
  }
}

/** What stands for those that are not told apart any more. */
function further({ kind, code }: Refused): Required<Refused> {
  return { kind, code, route: null, permission: null, principal: null, address: null };
}
