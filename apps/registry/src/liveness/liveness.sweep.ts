import type { Clock } from '@ao/kernel';
import { isoTime } from '@ao/kernel';
import type { LivenessView } from './liveness.view';
import type { LivenessTransition } from './liveness.kind';
import { livenessAfter, nextDeadline } from './liveness.rules';

/** A row whose deadline is near or over. Times are Unix milliseconds. */
export interface Due {
  readonly id: string;
  readonly interval_seconds: number;
  readonly last_seen: number | null;
  readonly deadline: number;
}

export interface NextDeadline {
  readonly id: string;
  readonly deadline: number;
  readonly next_deadline: number | null;
}

export type Silence = Extract<LivenessTransition, { liveness: 'degraded' | 'offline' }>;

export interface SweepDependencies {
  readonly clock: Clock;
  readonly view: Pick<LivenessView, 'get'>;
  /** Those whose deadline lies before `before`, earliest first. */
  due(before: number, limit: number): Promise<readonly Due[]>;
  setDeadlines(deadlines: readonly NextDeadline[]): Promise<void>;
  /** Asks the decider for the transition; it looks again. */
  changeLiveness(silence: Silence): Promise<void>;
}

/** Rows per sweep; a fleet that falls silent at once is worked off in portions, without a pause between them. */
export const SWEEP_LIMIT = 500;
/** Longest pause in ms. A new deadline lies at least 450 ms ahead, so a look every quarter second meets each in time. */
export const LONGEST_PAUSE_MS = 250;
const SHORTEST_PAUSE_MS = 10;

/**
 * One look at the deadlines. Silence counts from the later of the last beat and `listeningSince`, the moment from which
 * the registry has heard every beat: who could not be heard is not called silent.
 *
 * A crash between a transition and its new deadline is harmless: the row is found again and the decider, which knows
 * the transition, tells nothing twice.
 * @returns milliseconds until the next look is worth it.
 */
export async function sweep(dependencies: SweepDependencies, listeningSince: number): Promise<number> {
  const { clock, view } = dependencies;
  const now = clock.now();
  const found = await dependencies.due(now + LONGEST_PAUSE_MS, SWEEP_LIMIT);
  const due = found.filter(({ deadline }) => deadline < now);

  const deadlines = await Promise.all(
    due.map(async ({ id, interval_seconds, last_seen, deadline }): Promise<NextDeadline> => {
      // The beat of this replica may not be flushed yet, its interval not be followed yet.
      const known = view.get(id);
      const interval = known?.interval_seconds ?? interval_seconds;
      const seen = Math.max(last_seen ?? 0, known?.beat_at ?? 0);
      const since = Math.max(seen, listeningSince);
      const liveness = livenessAfter(now - since, interval);
      if (liveness !== 'online')
        await dependencies.changeLiveness({
          id,
          liveness,
          last_heartbeat: seen > 0 ? isoTime(seen) : null,
          silent_since: isoTime(since),
        });
      return { id, deadline, next_deadline: nextDeadline(liveness, since, interval) };
    }),
  );
  if (deadlines.length > 0) await dependencies.setDeadlines(deadlines);

  if (due.length === SWEEP_LIMIT) return 0;
  const coming = found.find(({ deadline }) => deadline >= now)?.deadline;
  const pause = coming === undefined ? LONGEST_PAUSE_MS : coming - now + 1;
  return Math.min(LONGEST_PAUSE_MS, Math.max(SHORTEST_PAUSE_MS, pause));
}

/**
 * From when on the registry has been listening without a break. A process that could not hear (start, another owner
 * before it, Postgres or NATS away, a stalled event loop) begins anew.
 */
export class ListeningSince {
  private since: number;
  private interrupted = false;
  private lookedAt: number;

  constructor(
    private readonly clock: Clock,
    /** A pause between two looks longer than this means that this process stood still. */
    private readonly longestPauseMs = 2_000,
  ) {
    this.since = this.lookedAt = clock.now();
  }

  /** Something was not heard, or may not have been. */
  interrupt(): void {
    this.interrupted = true;
  }

  /** To be asked before each look. */
  look(): number {
    const now = this.clock.now();
    if (this.interrupted || now - this.lookedAt > this.longestPauseMs) this.since = now;
    this.interrupted = false;
    this.lookedAt = now;
    return this.since;
  }
}
