import type { AgentEvent, TaskEvent } from '@ao/contracts';

/**
 * What the outcomes of an agent's tasks say of it: sums in which an outcome counts half of what it counted as many
 * outcomes ago as its half-life. A fold of the log and of nothing else, the same in every process.
 */
export interface AgentScore {
  readonly agent_id: string;
  /** `sum / weight` is the mean of what completed tasks took, in milliseconds. */
  readonly latency: Sum;
  /** `(sum + 1) / (weight + 2)` is the trust. */
  readonly outcomes: Sum;
  /** Tasks in its hands and since when, in milliseconds since the Unix epoch; the one it got last, last. */
  readonly open: readonly (readonly [task_id: string, since: number])[];
}

interface Sum {
  readonly sum: number;
  readonly weight: number;
}

/** In outcomes. */
export const LATENCY_HALF_LIFE = 10;
export const TRUST_HALF_LIFE = 20;
/** Of an agent that has more tasks at once, the durations of those it got first are not learned. */
const OPEN_KEPT = 64;

const NOTHING: Sum = { sum: 0, weight: 0 };

/** What one outcome is worth: a task that was given back unharmed is neither done nor lost. */
const WORTH = { completed: 1, returned: 0.5, failed: 0 } as const;

export interface LearnedScores {
  readonly latency_ms: number | null;
  readonly trust: number | null;
}

export const NOTHING_LEARNED: LearnedScores = { latency_ms: null, trust: null };

export function learnedFrom({ latency, outcomes }: AgentScore): LearnedScores {
  return {
    latency_ms: latency.weight > 0 ? latency.sum / latency.weight : null,
    trust: outcomes.weight > 0 ? (outcomes.sum + 1) / (outcomes.weight + 2) : null,
  };
}

/** Whether two scores of an agent, one after the other, say different things of it. */
export function differ(before: AgentScore | undefined, after: AgentScore | undefined): boolean {
  return (
    (before?.latency ?? NOTHING) !== (after?.latency ?? NOTHING) ||
    (before?.outcomes ?? NOTHING) !== (after?.outcomes ?? NOTHING)
  );
}

const SCORED = {
  task: [
    'TaskAssigned',
    'TaskStarted',
    'TaskCompleted',
    'TaskAttemptFailed',
    'TaskFailed',
    'TaskReturned',
    'TaskLeaseExpired',
    'TaskDeadLettered',
    'TaskCancelled',
  ],
  agent: ['AgentDeregistered'],
} as const;
type ScoredEvent = Extract<TaskEvent | AgentEvent, { type: (typeof SCORED)[keyof typeof SCORED][number] }>;
const SCORED_TYPES: ReadonlySet<string> = new Set(Object.values(SCORED).flat());

/** The events that may change a score: their types, by category. */
export const SCORED_EVENTS: Readonly<Record<string, readonly string[]>> = SCORED;

const isScored = (event: TaskEvent | AgentEvent): event is ScoredEvent => SCORED_TYPES.has(event.type);

/** The agent whose score the event concerns. */
export function scoredAgent(event: TaskEvent | AgentEvent): string | undefined {
  return isScored(event) ? event.data.agent_id : undefined;
}

/**
 * The score after one more event; undefined: none, or none any more. Only an assignment makes one, so that what happens
 * to the last tasks of an agent that is gone does not leave anything of it behind.
 */
export function evolveScore(score: AgentScore | undefined, event: TaskEvent | AgentEvent): AgentScore | undefined {
  if (event.type === 'TaskAssigned') {
    const { agent_id, task_id, assigned_at } = event.data;
    return opened(score ?? { agent_id, latency: NOTHING, outcomes: NOTHING, open: [] }, task_id, assigned_at);
  }
  if (!score) return undefined;
  switch (event.type) {
    case 'TaskStarted':
      return opened(score, event.data.task_id, event.data.started_at);
    case 'TaskCompleted':
      return completed(score, event.data.task_id, event.data.completed_at);
    case 'TaskReturned':
      return ended(score, event.data.task_id, WORTH.returned);
    case 'TaskAttemptFailed':
    case 'TaskFailed':
    case 'TaskLeaseExpired':
    case 'TaskDeadLettered':
      return ended(score, event.data.task_id, WORTH.failed);
    // Nobody's fault, and nothing to learn from.
    case 'TaskCancelled':
      return { ...score, open: without(score.open, event.data.task_id) };
    case 'AgentDeregistered':
      return undefined;
    default:
      return score;
  }
}

function opened(score: AgentScore, taskId: string, since: string): AgentScore {
  const others = without(score.open, taskId);
  const kept = others.length < OPEN_KEPT ? others : others.slice(1 - OPEN_KEPT);
  return { ...score, open: [...kept, [taskId, Date.parse(since)]] };
}

function completed(score: AgentScore, taskId: string, at: string): AgentScore {
  const since = score.open.find(([open]) => open === taskId)?.[1];
  const after = ended(score, taskId, WORTH.completed);
  // The clocks of two processes may differ by more than a task takes.
  return since === undefined
    ? after
    : { ...after, latency: added(score.latency, Math.max(0, Date.parse(at) - since), LATENCY_HALF_LIFE) };
}

function ended(score: AgentScore, taskId: string, worth: number): AgentScore {
  return {
    ...score,
    outcomes: added(score.outcomes, worth, TRUST_HALF_LIFE),
    open: without(score.open, taskId),
  };
}

function added({ sum, weight }: Sum, value: number, halfLife: number): Sum {
  const keeps = 2 ** (-1 / halfLife);
  return { sum: sum * keeps + value, weight: weight * keeps + 1 };
}

function without(open: AgentScore['open'], taskId: string): AgentScore['open'] {
  return open.some(([each]) => each === taskId) ? open.filter(([each]) => each !== taskId) : open;
}
