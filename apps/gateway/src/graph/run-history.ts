import type { RunEvent } from '@ao/contracts';
import type { RecordedEvent } from '@ao/event-log';

/** An event of the log as a graph needs it. */
export type LoggedEvent = Pick<
  RecordedEvent,
  'position' | 'stream_id' | 'category' | 'type' | 'data' | 'metadata' | 'recorded_at'
>;

/** All that the log tells of a run: its own stream, and those of what its steps made. */
export interface RunHistory {
  readonly run_id: string;
  /** Without what goes from step to step (see `withoutValues`). */
  readonly events: readonly LoggedEvent[];
  readonly tasks: ReadonlyMap<string, TaskHistory>;
  readonly approvals: ReadonlyMap<string, readonly LoggedEvent[]>;
  readonly children: ReadonlyMap<string, RunHistory>;
}

export interface TaskHistory {
  readonly events: readonly LoggedEvent[];
  /** Of the stream `usage-<task id>`. */
  readonly usage: readonly LoggedEvent[];
}

/** What of a history was not read, because there is more of it than one answer may cost. */
export interface Unread {
  /** Events of runs. */
  events: number;
  /** Tasks, approvals and runs that were not looked at. */
  streams: number;
  /** Runs further down than a graph goes. */
  deeper_runs: number;
}

/** The same event without the values that make it large: a graph of a long run must not hold gigabytes. Pure. */
export function withoutValues(event: LoggedEvent): LoggedEvent {
  const { position, stream_id, category, type, metadata, recorded_at } = event;
  const slim = (data: object): LoggedEvent => ({
    ...{ position, stream_id, category, type, metadata, recorded_at },
    data,
  });
  const run = event as LoggedEvent & RunEvent;
  switch (run.type) {
    case 'RunStarted':
      return slim({ ...run.data, parameters: {} });
    case 'StepStarted':
      return slim({ ...run.data, work: slimWork(run.data.work) });
    case 'StepCompleted':
    case 'RunCompleted':
      return slim({ ...run.data, output: null });
    case 'SignalReceived':
      return slim({ ...run.data, payload: null });
    default:
      return slim(run.data);
  }
}

const KEPT_OF_WORK = [
  ...['type', 'task_id', 'approval_id', 'child_run_id', 'workflow_id', 'request_id'],
  ...['name', 'correlation', 'due_at', 'limit'],
];

function slimWork(work: object): object {
  return Object.fromEntries(Object.entries(work).filter(([key]) => KEPT_OF_WORK.includes(key)));
}

/** Of a task's event nothing but who, when and how it went. Pure. */
export function withoutPayload(event: LoggedEvent): LoggedEvent {
  const { position, stream_id, category, type, metadata, recorded_at } = event;
  const { payload: _payload, result: _result, instructions: _instructions, ...data } = event.data as TaskValues;
  return { position, stream_id, category, type, metadata, recorded_at, data };
}

interface TaskValues {
  readonly payload?: unknown;
  readonly result?: unknown;
  readonly instructions?: unknown;
}
