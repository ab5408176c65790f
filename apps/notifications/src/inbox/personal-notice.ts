import type { PublicEvent, Severity } from '@ao/contracts';
import { MAX_SUBJECT, clippedLine } from './clipped';
import type { MinuteCount } from './minute-counts';

export interface NoticeText {
  readonly severity: Severity;
  readonly subject: string;
  readonly body: string;
}

/** What the log's words say of what they are about. */
const SAYS: Readonly<Record<string, string>> = {
  TaskSubmitted: 'was submitted',
  TaskReleased: 'is queued',
  TaskChanged: 'was changed',
  TaskPaused: 'is paused',
  TaskResumed: 'goes on',
  TaskInputRequired: 'needs an answer',
  TaskInputProvided: 'has its answer',
  TaskAssigned: 'was assigned',
  TaskStarted: 'is running',
  TaskAttemptFailed: 'failed and is tried again',
  TaskReturned: 'was given back',
  TaskLeaseExpired: 'lost its agent',
  TaskRetried: 'is tried again',
  TaskCancelled: 'was cancelled',
  TaskCompleted: 'completed',
  TaskResultAccepted: 'completed',
  TaskFailed: 'failed',
  TaskDeadLettered: 'failed for good',
  TaskExpired: 'expired',
  AgentRegistered: 'was registered',
  AgentProfileChanged: 'was changed',
  AgentActivated: 'is active',
  AgentStopped: 'was stopped',
  AgentMarkedBusy: 'is busy',
  AgentCameOnline: 'is online',
  AgentDegraded: 'is degraded',
  AgentWentOffline: 'is offline',
  AgentDeregistered: 'was deregistered',
  WorkerRegistered: 'was registered',
  WorkerDetailsChanged: 'was changed',
  WorkerApproved: 'was approved',
  WorkerRejected: 'was rejected',
  WorkerCameOnline: 'is online',
  WorkerDegraded: 'is degraded',
  WorkerWentOffline: 'is offline',
  RunStarted: 'was started',
  RunPaused: 'is paused',
  RunResumed: 'goes on',
  RunCompensating: 'takes back what it did',
  RunRetried: 'is tried again',
  RunCompleted: 'completed',
  RunFailed: 'failed',
  RunCancelled: 'was cancelled',
  StepStarted: 'is at work',
  StepAttemptFailed: 'failed and is tried again',
  StepCompleted: 'completed',
  StepFailed: 'failed',
  StepSkipped: 'was skipped',
  StepCancelled: 'was cancelled',
  ApprovalRequested: 'waits for a decision',
  ApprovalGranted: 'was granted',
  ApprovalRejected: 'was rejected',
  ApprovalExpired: 'expired',
};

const WARNINGS: ReadonlySet<string> = new Set([
  ...['TaskFailed', 'TaskDeadLettered', 'TaskExpired', 'TaskInputRequired', 'RunFailed', 'StepFailed'],
  ...['AgentDegraded', 'AgentWentOffline', 'WorkerDegraded', 'WorkerWentOffline', 'ApprovalExpired'],
]);

/** @param name of what it is about, where it has one. Pure. */
export function personalNotice(event: PublicEvent, name: string | undefined): NoticeText {
  const { subject, data } = event;
  const why = reasonOf(data);
  const line =
    subject.kind === 'alert'
      ? `${data.event === 'AlertCleared' ? 'Over' : 'Alert'}: ${why ?? String(data.kind)}`
      : `${kindOf(event)} '${name ?? subject.id}'${stepOf(data)} ${saidOf(event)}${why === undefined ? '' : `: ${why}`}`;
  return { severity: personalSeverity(event), subject: line, body: withPlace(line, event) };
}

/** Pure. */
export function personalSeverity({ subject, data }: PublicEvent): Severity {
  if (subject.kind !== 'alert') return WARNINGS.has(String(data.event)) ? 'warning' : 'info';
  if (data.event === 'AlertCleared') return 'info';
  return data.severity === 'critical' || data.severity === 'info' ? data.severity : 'warning';
}

/** What one is told of a minute in which too much happened. Pure. */
export function restNotice({ minute, withheld }: MinuteCount): NoticeText {
  const counts = Object.entries(withheld).toSorted(([, one], [, other]) => other - one);
  const total = counts.reduce((sum, [, count]) => sum + count, 0);
  const when = new Date(minute).toISOString().slice(0, 16).replace('T', ' ');
  const body = [
    `In the minute of ${when} UTC there were also:`,
    ...counts.map(([name, count]) => `${count} × ${name}`),
  ];
  return { severity: 'info', subject: `${total} more events`, body: body.join('\n') };
}

/** A run goes by the name of its workflow. */
function kindOf({ subject }: PublicEvent): string {
  const kind = subject.kind === 'run' ? 'workflow' : subject.kind;
  return `${kind.charAt(0).toUpperCase()}${kind.slice(1)}`;
}

/** Of a run's event the step that it is about. */
const stepOf = ({ run_id, node }: PublicEvent['data']): string =>
  typeof run_id === 'string' && typeof node === 'string' ? `: step '${node}'` : '';

function saidOf({ data }: PublicEvent): string {
  const word = String(data.event);
  return SAYS[word] ?? word;
}

/** In the words of whoever failed, asked or decided. */
function reasonOf(data: PublicEvent['data']): string | undefined {
  const { message } = (data.failure ?? {}) as { readonly message?: unknown };
  for (const text of [message, data.message, data.prompt, data.reason])
    if (typeof text === 'string' && text !== '') return text;
  return undefined;
}

/** The line once more only where the subject cannot hold all of it. */
function withPlace(line: string, { name, position, time, subject }: PublicEvent): string {
  const whole = clippedLine(line, MAX_SUBJECT) === line ? [] : [line, ''];
  return [...whole, `Event: ${name}, position ${position}, ${time}`, `Id: ${subject.id}`].join('\n');
}
