import { evolveTask, type TaskDocument, type TaskEvent } from '@ao/contracts';
import type { LoggedEvent } from './run-history';

/** One time that an agent had a task. */
export interface Assignment {
  readonly attempt: number;
  readonly agent_id: string;
  readonly assigned_at: string;
  readonly started_at: string | null;
  /** When it would have lost it, as it stood when it got it. */
  readonly lease_expires_at: string;
  readonly ended_at: string | null;
  /** `open`: it has it; `lease_expired`, `agent_lost`: it ended without a word. */
  readonly outcome:
    'open' | 'completed' | 'failed' | 'returned' | 'lease_expired' | 'agent_lost' | 'cancelled' | 'expired' | 'paused';
}

export interface TaskWork {
  /** Undefined: nothing of it was read. */
  readonly task: TaskDocument | undefined;
  readonly assignments: readonly Assignment[];
}

/** What became of a task, by its events. Pure. */
export function taskWorkOf(events: readonly LoggedEvent[]): TaskWork {
  let task: TaskDocument | undefined;
  const assignments: Assignment[] = [];
  for (const event of events as readonly (LoggedEvent & TaskEvent)[]) {
    task = evolveTask(task, event);
    if (event.type === 'TaskAssigned') {
      const { attempt, agent_id, assigned_at, lease_expires_at } = event.data;
      const open = { started_at: null, ended_at: null, outcome: 'open' } as const;
      assignments.push({ attempt, agent_id, assigned_at, lease_expires_at, ...open });
      continue;
    }
    const last = assignments.at(-1);
    if (last?.outcome !== 'open') continue;
    assignments[assignments.length - 1] = { ...last, ...changeBy(event) };
  }
  return { task, assignments };
}

function changeBy(event: TaskEvent): Partial<Assignment> {
  switch (event.type) {
    case 'TaskStarted':
      return { started_at: event.data.started_at };
    case 'TaskCompleted':
      return { outcome: 'completed', ended_at: event.data.completed_at };
    case 'TaskAttemptFailed':
    case 'TaskFailed':
      return { outcome: 'failed', ended_at: event.data.failed_at };
    case 'TaskDeadLettered':
      return { outcome: 'failed', ended_at: event.data.dead_lettered_at };
    case 'TaskReturned':
      return { outcome: 'returned', ended_at: event.data.returned_at };
    case 'TaskLeaseExpired':
      return { outcome: event.data.reason, ended_at: event.data.expired_at };
    case 'TaskCancelled':
      return { outcome: 'cancelled', ended_at: event.data.cancelled_at };
    case 'TaskExpired':
      return { outcome: 'expired', ended_at: event.data.expired_at };
    case 'TaskPaused':
      return { outcome: 'paused', ended_at: event.data.paused_at };
    default:
      return {};
  }
}

/** A stretch of time, in milliseconds since the Unix epoch; without an end it goes on. */
export interface Stretch {
  readonly from: number;
  readonly to: number | null;
}

/** When an agent was at it: from its start, or from when it got it where it did not say. */
export function workedAt({ assignments }: TaskWork): Stretch[] {
  return assignments.map(({ started_at, assigned_at, ended_at }) => ({
    from: Date.parse(started_at ?? assigned_at),
    to: ended_at === null ? null : Date.parse(ended_at),
  }));
}

/** How much of a span is covered by stretches, which may overlap. Milliseconds. Pure. */
export function coveredMs(stretches: readonly Stretch[], from: number, to: number): number {
  let covered = 0;
  let reached = from;
  for (const stretch of [...stretches].sort((a, b) => a.from - b.from)) {
    const begins = Math.max(stretch.from, reached);
    const ends = Math.min(stretch.to ?? to, to);
    if (ends <= begins) continue;
    covered += ends - begins;
    reached = ends;
  }
  return covered;
}
