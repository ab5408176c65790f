import { evolveBreaker, type BreakerEvent, type TaskEvent } from '@ao/contracts';
import type { RecordedEvent } from '@ao/event-log';
import type { DueCommand } from '@ao/timers';
import { MOVED_BY_OPERATOR } from '../task/task.state';
import { breakerTimer, breakerTimerId, type Transition } from './breaker-transition';
import { GuardIndex, type Guard, type TaskTraits } from './guard-index';
import { EMPTY_TALLY, counted, countsOf, isTooMany, type Tally } from './tally';

export interface WatchedBreakers {
  readonly breakers: GuardIndex;
  /** By breaker, also by those that are only made when they open. Absent: empty. */
  readonly tallies: Map<string, Tally>;
}

export interface BreakerEffect {
  /** Breakers that the batch changed or took away. */
  readonly changed: ReadonlySet<string>;
  readonly tallied: ReadonlySet<string>;
  readonly schedule: readonly DueCommand[];
  readonly cancel: readonly string[];
}

/** What the outcome of an attempt says of its agent, its type and its target. */
interface Outcome {
  readonly agent_id: string;
  readonly failed: boolean;
}

/**
 * Reaction: follows breakers and the outcomes of tasks. It counts while a breaker is closed and asks to open it when it is
 * too many; of one that is half-open it follows the tasks that were let through. What it asks for is a timer, part of the
 * transaction that takes the events in. Pure but for what it gets, which it changes.
 */
export function foldBreakers(
  events: readonly RecordedEvent[],
  { breakers, tallies }: WatchedBreakers,
  traitsOf: (taskId: string) => TaskTraits | undefined,
  now: number,
): BreakerEffect {
  const changed = new Set<string>();
  const tallied = new Set<string>();
  const timers = new Map<string, DueCommand | undefined>();

  const ask = (transition: Transition, due?: string) =>
    timers.set(transition.data.breaker_id, breakerTimer(transition, due));
  const tally = (id: string, after: Tally) => {
    tallies.set(id, after);
    tallied.add(id);
  };

  function breakerHappened(event: BreakerEvent, position: number): void {
    const { breaker_id } = event.data;
    const before = breakers.get(breaker_id);
    const after = evolveBreaker(before, event);
    if (after === before) return;
    breakers.set(breaker_id, after);
    changed.add(breaker_id);
    if (event.type === 'BreakerConfigured') return;
    timers.set(breaker_id, undefined);
    tally(breaker_id, EMPTY_TALLY);
    if (event.type === 'BreakerOpened' && after) {
      const data = { breaker_id, revision: after.revision };
      ask({ type: 'HalfOpenBreaker', data, position }, event.data.retry_at);
      if (after.made_by !== null && !breakers.hasMaker(after.made_by)) remove(breaker_id, position);
    }
    // Those that it made go with it.
    if (!after && before) for (const made of breakers.madeBy(before.name)) remove(made.breaker_id, position);
  }

  function remove(breaker_id: string, position: number): void {
    ask({ type: 'DeleteBreaker', data: { breaker_id }, position });
  }

  function attemptEnded(guard: Guard, { failed }: Outcome, task_id: string, event: RecordedEvent): void {
    const { breaker_id, breaker, made } = guard;
    const { position } = event;
    const before = tallies.get(breaker_id) ?? EMPTY_TALLY;
    const revision = breaker?.revision ?? 0;
    const openIt = (reason: 'failures' | 'probe_failed', counts: { calls: number; failures: number }) => {
      tally(breaker_id, EMPTY_TALLY);
      const data = { breaker_id, revision, reason, counts, task_id, ...(made && { made }) };
      ask({ type: 'OpenBreaker', data, position });
    };
    if (breaker?.state === 'half_open') {
      if (!before.probes.includes(task_id)) return; // an agent had it before the breaker opened
      const succeeded = before.succeeded + (failed ? 0 : 1);
      if (failed) return openIt('probe_failed', { calls: succeeded + 1, failures: 1 });
      tally(breaker_id, { ...before, probes: without(before.probes, task_id), succeeded });
      if (succeeded >= breaker.half_open_max) ask({ type: 'CloseBreaker', data: { breaker_id, revision }, position });
      return;
    }
    if (breaker && breaker.state !== 'closed') return;
    const policy = made ?? breaker!;
    const at = Date.parse(event.recorded_at);
    // A service that was away for long does not open breakers for what is long past.
    if (at <= now - policy.window_seconds * 1_000) return;
    const after = counted(before, at, failed, policy.window_seconds);
    tally(breaker_id, after);
    const counts = countsOf(after, at, policy.window_seconds);
    if (failed && isTooMany(counts, policy)) openIt('failures', counts);
  }

  function taskHappened(event: RecordedEvent & TaskEvent): void {
    const { task_id } = event.data;
    const outcome = outcomeOf(event);
    const agentId = agentConcerned(event);
    if (agentId === undefined) return;
    for (const guard of breakers.of(agentId, traitsOf(task_id))) {
      if (outcome) attemptEnded(guard, outcome, task_id, event);
      else if (guard.breaker?.state === 'half_open') {
        const before = tallies.get(guard.breaker_id) ?? EMPTY_TALLY;
        const probes = without(before.probes, task_id);
        if (event.type === 'TaskAssigned') probes.push(task_id);
        tally(guard.breaker_id, { ...before, probes });
      }
    }
  }

  for (const event of events) {
    if (event.category === 'circuitbreaker') breakerHappened(event as unknown as BreakerEvent, event.position);
    else if (breakers.size > 0) taskHappened(event as RecordedEvent & TaskEvent);
  }
  const schedule = [...timers.values()].filter((timer) => timer !== undefined);
  const cancel = [...timers].flatMap(([id, timer]) => (timer ? [] : [breakerTimerId(id)]));
  return { changed, tallied, schedule, cancel };
}

/** What somebody did to a task, or a task that was given back unharmed, says nothing. */
export function outcomeOf(event: TaskEvent): Outcome | undefined {
  switch (event.type) {
    case 'TaskCompleted':
      return { agent_id: event.data.agent_id, failed: false };
    case 'TaskAttemptFailed':
    case 'TaskFailed':
    case 'TaskLeaseExpired':
      return { agent_id: event.data.agent_id, failed: true };
    case 'TaskDeadLettered': {
      const { agent_id, failure } = event.data;
      return agent_id === undefined || failure.class === MOVED_BY_OPERATOR ? undefined : { agent_id, failed: true };
    }
    default:
      return undefined;
  }
}

/** Who has the task from this event on, or until it. */
export function agentConcerned(event: TaskEvent): string | undefined {
  switch (event.type) {
    case 'TaskAssigned':
    case 'TaskCompleted':
    case 'TaskAttemptFailed':
    case 'TaskFailed':
    case 'TaskLeaseExpired':
    case 'TaskReturned':
    case 'TaskPaused':
    case 'TaskExpired':
    case 'TaskCancelled':
    case 'TaskDeadLettered':
      return event.data.agent_id;
    default:
      return undefined;
  }
}

function without(probes: readonly string[], taskId: string): string[] {
  return probes.filter((probe) => probe !== taskId);
}
