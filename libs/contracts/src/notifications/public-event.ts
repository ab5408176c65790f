import { z } from 'zod';
import type { Permission } from '../identity/access';
import { Id, Time, text } from '../text';

/**
 * What people and systems outside hear of: seed 003's names with dots, one for each event of the log that concerns them.
 * Seed 001's words are the same with other names (`SEED_001_TYPES`). The data is the event's own, without what is nobody
 * else's business (`WITHHELD`).
 */
export const PUBLIC_EVENT_NAMES = [
  'agent.registered',
  'agent.updated',
  'agent.status',
  'agent.deregistered',
  'worker.registered',
  'worker.updated',
  'worker.online',
  'worker.degraded',
  'worker.offline',
  'task.created',
  'task.updated',
  'task.completed',
  'task.failed',
  'workflow.started',
  'workflow.step',
  'workflow.updated',
  'workflow.completed',
  'workflow.failed',
  'workflow.cancelled',
  'approval.requested',
  'approval.approved',
  'approval.rejected',
  'approval.expired',
  'message.new',
  'notification',
  'system.alert',
] as const;
export const PublicEventName = z.enum(PUBLIC_EVENT_NAMES);
export type PublicEventName = z.infer<typeof PublicEventName>;

/** Which permission a caller needs to hear of them, by the first part of the name. */
export const PUBLIC_EVENT_PERMISSIONS: Readonly<Record<string, Permission>> = {
  agent: 'agents:read',
  worker: 'workers:read',
  task: 'tasks:read',
  workflow: 'workflows:read',
  approval: 'approvals:read',
  message: 'profile:own',
  notification: 'notifications:own',
  system: 'alerts:read',
};
export const permissionOf = (name: PublicEventName): Permission => PUBLIC_EVENT_PERMISSIONS[name.split('.')[0]!]!;

const PATTERN = /^(\*|[a-z]{1,40}(\.(\*|[a-z]{1,40}))?|\*\.[a-z]{1,40})$/;

/**
 * A name, or a pattern: `task.*`, `*`, `*.failed`. One star stands for one part or, alone, for everything. Taken when it covers
 * one of `names`; `whyNoOthers` is said of what covers others alone.
 */
export const eventPatternOf = (names: readonly PublicEventName[], whyNoOthers: string) =>
  z
    .string()
    .regex(PATTERN, { error: 'must be an event name or a pattern such as task.*', abort: true })
    .superRefine((pattern, context) => {
      const covers = (name: PublicEventName) => matchesPattern(pattern, name);
      if (names.some(covers)) return;
      const message = PUBLIC_EVENT_NAMES.some(covers) ? whyNoOthers : `must match one of ${names.join(', ')}`;
      context.addIssue({ code: 'custom', message });
    });
export const EventPattern = eventPatternOf(PUBLIC_EVENT_NAMES, '');
export const EventPatterns = z.array(EventPattern).min(1).max(50);

/** Meant for one person each: told to that person alone, and to no system. */
const PERSONAL: ReadonlySet<PublicEventName> = new Set(['message.new', 'notification']);
export const isPersonal = (name: PublicEventName): boolean => PERSONAL.has(name);

/** What webhooks and rules hear of. */
export const SHARED_EVENT_NAMES: readonly PublicEventName[] = PUBLIC_EVENT_NAMES.filter((name) => !isPersonal(name));
export const SharedEventPattern = eventPatternOf(
  SHARED_EVENT_NAMES,
  'covers only what is meant for single persons, which no webhook and no rule gets',
);
export const SharedEventPatterns = z.array(SharedEventPattern).min(1).max(50);
/** As events keep them: names that this release does not know match nothing. */
export const StoredPatterns = z.array(text(100, 1)).max(50);

/** Whether a pattern covers a name. Pure. */
export function matchesPattern(pattern: string, name: string): boolean {
  if (pattern === '*' || pattern === name) return true;
  const [first, second] = pattern.split('.');
  const [group, what] = name.split('.');
  return second !== undefined && (first === '*' || first === group) && (second === '*' || second === what);
}

export const PublicEvent = z.object({
  name: PublicEventName,
  /** Its place in the log: a number, ascending. */
  position: z.int(),
  time: Time,
  /** What it is about: `task`, `agent` and so on. */
  subject: z.object({ kind: z.string(), id: Id }),
  /** Snake case, as the log has it; `event` is the log's word for what happened (`TaskLeaseExpired`). */
  data: z.record(z.string(), z.unknown()),
});
export type PublicEvent = z.infer<typeof PublicEvent>;

interface LoggedEvent {
  readonly position: number;
  readonly stream_id: string;
  readonly category: string;
  readonly type: string;
  readonly data: object;
  readonly recorded_at: string;
}

const NAMES: Readonly<Record<string, Readonly<Record<string, PublicEventName>>>> = {
  agent: {
    AgentRegistered: 'agent.registered',
    AgentProfileChanged: 'agent.updated',
    AgentActivated: 'agent.status',
    AgentStopped: 'agent.status',
    AgentMarkedBusy: 'agent.status',
    AgentCameOnline: 'agent.status',
    AgentDegraded: 'agent.status',
    AgentWentOffline: 'agent.status',
    AgentDeregistered: 'agent.deregistered',
  },
  worker: {
    WorkerRegistered: 'worker.registered',
    WorkerDetailsChanged: 'worker.updated',
    WorkerApproved: 'worker.updated',
    WorkerRejected: 'worker.updated',
    WorkerCameOnline: 'worker.online',
    WorkerDegraded: 'worker.degraded',
    WorkerWentOffline: 'worker.offline',
  },
  task: {
    TaskSubmitted: 'task.created',
    TaskReleased: 'task.updated',
    TaskChanged: 'task.updated',
    TaskPaused: 'task.updated',
    TaskResumed: 'task.updated',
    TaskInputRequired: 'task.updated',
    TaskInputProvided: 'task.updated',
    TaskAssigned: 'task.updated',
    TaskStarted: 'task.updated',
    TaskAttemptFailed: 'task.updated',
    TaskReturned: 'task.updated',
    TaskLeaseExpired: 'task.updated',
    TaskRetried: 'task.updated',
    TaskCancelled: 'task.updated',
    TaskCompleted: 'task.completed',
    TaskResultAccepted: 'task.completed',
    TaskFailed: 'task.failed',
    TaskDeadLettered: 'task.failed',
    TaskExpired: 'task.failed',
  },
  run: {
    RunStarted: 'workflow.started',
    StepStarted: 'workflow.step',
    StepAttemptFailed: 'workflow.step',
    StepCompleted: 'workflow.step',
    StepFailed: 'workflow.step',
    StepSkipped: 'workflow.step',
    StepCancelled: 'workflow.step',
    RunPaused: 'workflow.updated',
    RunResumed: 'workflow.updated',
    RunCompensating: 'workflow.updated',
    RunRetried: 'workflow.updated',
    RunCompleted: 'workflow.completed',
    RunFailed: 'workflow.failed',
    RunCancelled: 'workflow.cancelled',
  },
  approval: {
    ApprovalRequested: 'approval.requested',
    ApprovalGranted: 'approval.approved',
    ApprovalRejected: 'approval.rejected',
    ApprovalExpired: 'approval.expired',
  },
  notification: { NotificationCreated: 'notification' },
  alert: { AlertRaised: 'system.alert', AlertCleared: 'system.alert' },
};

/** The categories of the log that hold them. */
export const PUBLIC_CATEGORIES: readonly string[] = Object.keys(NAMES);

const CATEGORIES: ReadonlyMap<string, string> = new Map(
  Object.entries(NAMES).flatMap(([category, names]) => Object.values(names).map((name) => [name, category])),
);
/** The category of the log whose events have this name; undefined: no event has it yet. */
export const publicCategoryOf = (name: PublicEventName): string | undefined => CATEGORIES.get(name);

/** The status that an event of a task or an agent leads to, in the words of `/api/v1`; others say nothing of one. */
const STATUSES: Readonly<Record<string, string>> = {
  TaskReleased: 'queued',
  TaskAssigned: 'assigned',
  TaskStarted: 'running',
  TaskPaused: 'paused',
  TaskInputRequired: 'input_required',
  TaskInputProvided: 'running',
  TaskAttemptFailed: 'queued',
  TaskReturned: 'queued',
  TaskLeaseExpired: 'queued',
  TaskRetried: 'queued',
  TaskCancelled: 'cancelled',
  TaskCompleted: 'completed',
  TaskResultAccepted: 'completed',
  TaskFailed: 'failed',
  TaskDeadLettered: 'dead_lettered',
  TaskExpired: 'expired',
  AgentActivated: 'active',
  AgentStopped: 'inactive',
  AgentMarkedBusy: 'busy',
  AgentCameOnline: 'online',
  AgentDegraded: 'degraded',
  AgentWentOffline: 'offline',
  WorkerCameOnline: 'online',
  WorkerDegraded: 'degraded',
  WorkerWentOffline: 'offline',
  RunStarted: 'running',
  RunPaused: 'paused',
  RunResumed: 'running',
  RunCompensating: 'compensating',
  RunRetried: 'running',
  RunCompleted: 'completed',
  RunFailed: 'failed',
  RunCancelled: 'cancelled',
  StepStarted: 'running',
  StepAttemptFailed: 'waiting',
  StepCompleted: 'completed',
  StepFailed: 'failed',
  StepSkipped: 'skipped',
  StepCancelled: 'cancelled',
  ApprovalRequested: 'pending',
  ApprovalGranted: 'approved',
  ApprovalRejected: 'rejected',
  ApprovalExpired: 'expired',
  AlertRaised: 'raised',
  AlertCleared: 'cleared',
};

/** Fields of events that stay inside: what fences a lease, what opens a door, and what a run keeps for itself alone. */
const WITHHELD: ReadonlySet<string> = new Set(['lease_token', 'credentials', 'epoch', 'definition', 'work', 'fork']);

/** The name that an event of the log has outside; undefined: it has none. */
export function publicNameOf(category: string, type: string): PublicEventName | undefined {
  return NAMES[category]?.[type];
}

/** The status that those outside hear of, as `publicEventOf` tells it. Pure. */
export function publicStatusOf({ category, type, data }: LoggedEvent): unknown {
  if (!publicNameOf(category, type)) return undefined;
  return 'status' in data ? data.status : STATUSES[type];
}

/** An event of the log as those outside hear of it; undefined: they do not. Pure. */
export function publicEventOf(event: LoggedEvent): PublicEvent | undefined {
  const name = publicNameOf(event.category, event.type);
  if (!name) return undefined;
  const data: Record<string, unknown> = { event: event.type };
  const status = STATUSES[event.type];
  if (status !== undefined) data.status = status;
  for (const [key, value] of Object.entries(event.data)) if (!WITHHELD.has(key)) data[key] = value as unknown;
  const id = event.stream_id.slice(event.category.length + 1);
  return { name, position: event.position, time: event.recorded_at, subject: { kind: event.category, id }, data };
}

/** Seed 001's words for the events of `/v1/ws`; any other event keeps its name. */
export const SEED_001_TYPES: Readonly<Partial<Record<PublicEventName, string>>> = {
  'agent.status': 'agent_status_change',
  'task.completed': 'task_completed',
  'system.alert': 'system_alert',
};
