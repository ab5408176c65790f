import type { RuleTerms } from '@ao/contracts';

/** So many of a group's events are told one by one. */
export const MAX_TOLD = 20;

/** What is kept of one key of one rule. Times are milliseconds of the log's own time, so that a repetition decides the same. */
export interface KeyState {
  /** When the notices were sent that the throttle still counts. */
  readonly sent: readonly number[];
  /** Events that the throttle left out since the last notice. */
  readonly omitted: number;
  readonly group: OpenGroup | null;
}

export interface OpenGroup {
  readonly closes_at: number;
  readonly count: number;
  readonly first_at: number;
  readonly last_at: number;
  readonly first_position: number;
  /** Of the newest, oldest first. */
  readonly positions: readonly number[];
}

export const NO_STATE: KeyState = { sent: [], omitted: 0, group: null };

/** An event that the rule is about, or the time alone, by which groups close. */
export type Happening =
  | { readonly kind: 'event'; readonly position: number; readonly at: number }
  | { readonly kind: 'time'; readonly at: number };

/** A notice before its text. */
export interface Draft extends Omit<OpenGroup, 'closes_at'> {
  readonly at: number;
  /** Events before it that no notice tells of. */
  readonly omitted: number;
}

export type Limits = Pick<RuleTerms, 'throttle' | 'group'>;

/**
 * What a happening leads to. All that decides is in the arguments: the subscription, the timers of groups and the dry run
 * share it. Of each event either a draft tells (in `count` or in `omitted`) or the state still holds it. Happenings of a
 * key come in the order of their times.
 */
export function fire(limits: Limits, happening: Happening, state: KeyState): { drafts: Draft[]; state: KeyState } {
  const drafts: Draft[] = [];
  let next = state;
  const tell = (group: Omit<OpenGroup, 'closes_at'>, at: number): void => {
    const { first_at, last_at, first_position, positions, count } = group;
    const sent = recent(limits, next.sent, at);
    if (limits.throttle && sent.length >= limits.throttle.max) {
      next = { ...next, sent, omitted: next.omitted + count };
      return;
    }
    drafts.push({ at, count, omitted: next.omitted, first_at, last_at, first_position, positions });
    next = { ...next, sent: limits.throttle ? [...sent, at] : [], omitted: 0 };
  };

  const due = state.group;
  if (due && due.closes_at <= happening.at) {
    next = { ...next, group: null };
    tell(due, due.closes_at);
  }
  if (happening.kind === 'event') {
    const { position, at } = happening;
    const alone = { count: 1, first_at: at, last_at: at, first_position: position, positions: [position] };
    const open = next.group;
    if (open) {
      const positions = [...open.positions, position].slice(-MAX_TOLD);
      next = { ...next, group: { ...open, positions, count: open.count + 1, last_at: at } };
    } else if (limits.group) {
      next = { ...next, group: { ...alone, closes_at: at + limits.group.seconds * 1_000 } };
    } else tell(alone, at);
  }
  return { drafts, state: next };
}

function recent({ throttle }: Limits, sent: readonly number[], at: number): readonly number[] {
  return throttle ? sent.filter((time) => time > at - throttle.seconds * 1_000) : [];
}

/** What was left out is told within so long, or not any more. */
const OMITTED_KEPT_MS = 30 * 86_400_000;

/** From when on the state says nothing any more; undefined: it says nothing now. */
export function expiryOf({ throttle }: Limits, { sent, omitted, group }: KeyState, now: number): number | undefined {
  const times: number[] = [];
  if (group) times.push(group.closes_at + OMITTED_KEPT_MS);
  if (omitted > 0) times.push(now + OMITTED_KEPT_MS);
  if (throttle && sent.length > 0) times.push(sent.at(-1)! + throttle.seconds * 1_000);
  return times.length > 0 ? Math.max(...times) : undefined;
}
