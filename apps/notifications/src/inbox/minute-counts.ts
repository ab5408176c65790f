import type { PublicEventName } from '@ao/contracts';

/** A person is told of so many events in a minute by the preferences; the others become one notice when it is over. */
export const MOST_IN_A_MINUTE = 30;
const MINUTE_MS = 60_000;

/** What a person was told of in a minute of the log's time, and what not. */
export interface MinuteCount {
  readonly user_id: string;
  /** Its beginning, milliseconds since the Unix epoch. */
  readonly minute: number;
  readonly told: number;
  readonly withheld: Readonly<Partial<Record<PublicEventName, number>>>;
}

/** So that one who asks for everything of a busy fleet does not fill the log with it. Of each person the last minute counts. */
export class MinuteCounts {
  private readonly counts: Map<string, MinuteCount>;
  private readonly touched = new Set<string>();

  constructor(counts: readonly MinuteCount[] = []) {
    this.counts = new Map(counts.map((count) => [count.user_id, count]));
  }

  /** Whether the person is told of it: counted either way. */
  take(user_id: string, name: PublicEventName, time: number): boolean {
    const minute = Math.floor(time / MINUTE_MS) * MINUTE_MS;
    const known = this.counts.get(user_id);
    const count = known?.minute === minute ? known : { user_id, minute, told: 0, withheld: {} };
    const taken = count.told < MOST_IN_A_MINUTE;
    const { withheld } = count;
    this.counts.set(user_id, {
      ...count,
      told: count.told + (taken ? 1 : 0),
      withheld: taken ? withheld : { ...withheld, [name]: (withheld[name] ?? 0) + 1 },
    });
    this.touched.add(user_id);
    return taken;
  }

  /** Those that have changed since this was asked last. */
  changed(): MinuteCount[] {
    const changed = [...this.touched].flatMap((user_id) => this.counts.get(user_id) ?? []);
    this.touched.clear();
    return changed;
  }
}
