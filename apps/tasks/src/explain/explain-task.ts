import {
  evolveTask,
  type FleetExplanation,
  type TaskDocument,
  type TaskEvent,
  type TaskExplanation,
} from '@ao/contracts';
import { isoTime } from '@ao/kernel';
import type { OpenExplanation } from '../dispatch/explain';

const ASSIGNMENTS = 20;

type Assignment = TaskExplanation['assignments'][number];
type WaitReason = TaskExplanation['waits_because'][number];

/** What the log says of a task: what it is now, and who got it. */
export interface TaskStory {
  readonly task: TaskDocument | undefined;
  readonly assignments: readonly Assignment[];
  readonly assignments_total: number;
  /** Since when it can be given out: milliseconds since the Unix epoch. */
  readonly ready_at: number;
}

export const NO_STORY: TaskStory = { task: undefined, assignments: [], assignments_total: 0, ready_at: 0 };

/** The story after one more event of the task. Pure. */
export function evolveStory(story: TaskStory, event: TaskEvent): TaskStory {
  const after = { ...story, task: evolveTask(story.task, event) };
  switch (event.type) {
    case 'TaskSubmitted':
      return { ...after, ready_at: Date.parse(event.data.submitted_at) };
    case 'TaskReleased':
      return { ...after, ready_at: Date.parse(event.data.released_at) };
    case 'TaskResumed':
      return { ...after, ready_at: Math.max(story.ready_at, Date.parse(event.data.resumed_at)) };
    case 'TaskRetried':
      return { ...after, ready_at: Date.parse(event.data.not_before ?? event.data.retried_at) };
    case 'TaskAssigned': {
      const { agent_id, attempt, assigned_at, reason } = event.data;
      const waited_seconds = Math.max(0, (Date.parse(assigned_at) - story.ready_at) / 1000);
      const assignment = { agent_id, attempt, assigned_at, waited_seconds, ...reason, ended_by: null, ended_at: null };
      const assignments = [...story.assignments, assignment].slice(-ASSIGNMENTS);
      return { ...after, assignments, assignments_total: story.assignments_total + 1 };
    }
    case 'TaskAttemptFailed':
      return ended(after, event.type, event.data.failed_at, event.data.retry_at);
    case 'TaskReturned':
      return ended(after, event.type, event.data.returned_at, event.data.retry_at);
    case 'TaskLeaseExpired':
      return ended(after, event.type, event.data.expired_at, event.data.retry_at);
    case 'TaskCompleted':
      return ended(after, event.type, event.data.completed_at);
    case 'TaskFailed':
      return ended(after, event.type, event.data.failed_at);
    case 'TaskDeadLettered':
      return ended(after, event.type, event.data.dead_lettered_at);
    case 'TaskPaused':
      return ended(after, event.type, event.data.paused_at);
    case 'TaskCancelled':
      return ended(after, event.type, event.data.cancelled_at);
    case 'TaskExpired':
      return ended(after, event.type, event.data.expired_at);
    case 'TaskResultAccepted':
      return ended(after, event.type, event.data.accepted_at);
    default:
      return after;
  }
}

/** From the log's story and, while it is open, from what the dispatcher knows. `now`: milliseconds since the Unix epoch. */
export function explanationOf(
  task: TaskDocument,
  { assignments, assignments_total }: TaskStory,
  open: OpenExplanation | undefined,
  now: number,
): TaskExplanation {
  const { task_id, status, pool, priority, fairness_key = null, concurrency_key = null } = task;
  const { not_before = null, retry_at, waits_for } = task;
  const queued = status === 'queued' ? open?.queued : undefined;
  return {
    ...{ task_id, status, pool, priority, fairness_key, concurrency_key },
    waits_because: waitReasons(task, queued, now),
    place: queued?.place ?? null,
    fleet: queued?.fleet ?? null,
    ...{ retry_at, not_before, waits_for },
    assignments: [...assignments],
    assignments_total,
  };
}

function ended(story: TaskStory, by: string, at: string, retryAt?: string): TaskStory {
  const last = story.assignments.at(-1);
  if (!last || last.ended_by !== null) return story;
  const assignments = [...story.assignments.slice(0, -1), { ...last, ended_by: by, ended_at: at }];
  return { ...story, assignments, ready_at: Date.parse(retryAt ?? at) };
}

function waitReasons(task: TaskDocument, queued: OpenExplanation['queued'], now: number): WaitReason[] {
  const { status, not_before, waits_for, reason } = task;
  if (status === 'paused')
    return [{ code: 'paused', detail: `Held back until it is resumed${reason ? `: ${reason}` : ''}` }];
  if (status === 'scheduled') {
    const notYet = not_before !== undefined && Date.parse(not_before) > now;
    return [
      ...(notYet ? [{ code: 'not_before', detail: `Scheduled until ${not_before}`, until: not_before }] : []),
      ...(waits_for.length > 0
        ? [{ code: 'dependencies', detail: `Waits for the end of ${count(waits_for.length, 'other task')}` }]
        : []),
    ];
  }
  if (!queued) return [];
  if (queued.assigning !== undefined) {
    return [{ code: 'assigning', detail: `Its assignment to agent '${queued.assigning}' is on its way to the log` }];
  }
  const until = isoTime(queued.ready_at);
  return [
    ...(queued.ready_at > now ? [{ code: 'retry', detail: `Not tried again before ${until}`, until }] : []),
    ...queued.holds.map(({ code, detail, until: at }) => ({
      ...{ code, detail },
      ...(at !== undefined && at < LAST_TIME && { until: isoTime(at) }),
    })),
    ...fleetReasons(queued.fleet),
    ...(queued.place.ahead > 0 || queued.place.other_keys > 0 ? [turnReason(queued.place)] : []),
  ];
}

/** The latest that a Date can hold. */
const LAST_TIME = 8.64e15;

function fleetReasons({ agents, fit, free, obstacles }: FleetExplanation): WaitReason[] {
  if (free > 0) return [];
  if (fit > 0)
    return [{ code: 'agents_unavailable', detail: `${count(fit, 'agent')} could do it, but none can take it now` }];
  const [most] = obstacles;
  const lack =
    most && agents > 0 ? `: ${most.agents} of ${agents} ${most.code.replaceAll('_', ' ')} ${most.subject ?? ''}` : '';
  return [{ code: 'no_agent_fits', detail: `None of ${count(agents, 'agent')} can do it${lack}`.trimEnd() }];
}

function turnReason({ ahead, other_keys }: NonNullable<TaskExplanation['place']>): WaitReason {
  const keys = other_keys > 0 ? `; ${count(other_keys, 'other fairness key')} take turns with it` : '';
  return { code: 'before_it', detail: `${count(ahead, 'task')} of the same kind come before it${keys}` };
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
