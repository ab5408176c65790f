import { sameAttempt, together, type CountedRefusal } from './refusal.rules';

/** Events of a minute and a replica; what exceeds them is one event more. */
export const MAX_EVENTS_PER_MINUTE = 60;
/** The code of that event, when it stands for different ones. */
export const SEVERAL = 'several';

const MINUTE_MS = 60_000;
/** Kinds and codes that the rest is told apart by. */
const MAX_WORDS = 32;

export interface RefusalCounter {
  /** `now` in Unix milliseconds. */
  add(refusal: CountedRefusal, now: number): void;
  /** What is to be written now; with `all` also what would wait for the end of the minute. Each is given once. */
  due(now: number, all?: boolean): CountedRefusal[];
}

interface Entry {
  pending: CountedRefusal | undefined;
  written: boolean;
}

/**
 * Bounds what an attacker can make the log grow by. The first of a kind in a minute is due at once, so that the audit shows
 * it within seconds; its repetitions are counted until the minute ends, and are one event then. Kinds beyond the bound, and
 * repetitions that it leaves no room for, are only counted. Memory is bounded by the same number.
 */
export function createRefusalCounter(limit = MAX_EVENTS_PER_MINUTE): RefusalCounter {
  let minute = 0;
  let events = 0;
  const entries = new Map<string, Entry>();
  let rest: CountedRefusal[] = [];
  let closed: CountedRefusal[] = [];

  /** Counts of the same kind and code in one. */
  function addToRest(refusal: CountedRefusal): void {
    const same = rest.findIndex(({ kind, code }) => kind === refusal.kind && code === refusal.code);
    if (same >= 0) rest[same] = together(rest[same]!, refusal);
    else if (rest.length < MAX_WORDS) rest.push(refusal);
    else rest[0] = { ...together(rest[0]!, refusal), code: SEVERAL };
  }

  function close(): CountedRefusal[] {
    const out: CountedRefusal[] = [];
    const waiting = [...entries.values()].filter(({ pending }) => pending);
    // Those of which nothing is known yet come first, then the most frequent.
    waiting.sort((a, b) => Number(a.written) - Number(b.written) || b.pending!.count - a.pending!.count);
    for (const entry of waiting) {
      if (events < limit) {
        out.push(entry.pending!);
        events += 1;
      } else addToRest(entry.pending!);
      entry.pending = undefined;
      entry.written = true;
    }
    if (rest.length > 0) out.push(inOne(rest));
    rest = [];
    return out;
  }

  function turnTo(now: number): void {
    const present = Math.floor(now / MINUTE_MS);
    if (present === minute) return;
    closed.push(...close());
    entries.clear();
    events = 0;
    minute = present;
  }

  return {
    add(refusal, now) {
      turnTo(now);
      const key = sameAttempt(refusal);
      const entry = entries.get(key);
      if (entry) entry.pending = entry.pending ? together(entry.pending, refusal) : refusal;
      else if (entries.size < limit) entries.set(key, { pending: refusal, written: false });
      else addToRest(refusal);
    },
    due(now, all = false) {
      turnTo(now);
      const out = closed;
      closed = [];
      for (const entry of entries.values()) {
        if (entry.written || !entry.pending || events >= limit) continue;
        out.push(entry.pending);
        entry.pending = undefined;
        entry.written = true;
        events += 1;
      }
      return all ? [...out, ...close()] : out;
    },
  };
}

/** Many as one: of the most frequent kind, without any particulars. */
function inOne(rest: readonly CountedRefusal[]): CountedRefusal {
  const most = rest.reduce((left, right) => (right.count > left.count ? right : left));
  return {
    ...rest.reduce(together),
    kind: most.kind,
    code: rest.length === 1 ? most.code : SEVERAL,
    route: null,
    permission: null,
    principal: null,
    user_id: null,
    email_index: null,
    address: null,
  };
}
