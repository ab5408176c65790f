import type { RunEvent } from '@ao/contracts';
import type { EventReader, Position } from '@ao/event-log';
import { streamId } from '@ao/kernel';
import {
  withoutPayload,
  withoutValues,
  type LoggedEvent,
  type RunHistory,
  type TaskHistory,
  type Unread,
} from './run-history';

/** Of one run; a run of a thousand items has some four thousand. */
const MAX_RUN_EVENTS = 10_000;
/** Tasks, approvals and runs of one graph. */
const MAX_STREAMS = 2_000;
/** Runs below the one that is asked for. */
const MAX_DEPTH = 5;
/** What is read of a task, of an approval. */
const MAX_EVENTS = 1_000;
/** Events of one read: each may have 256 KiB until it is stripped. */
const PAGE = 100;
const AT_ONCE = 8;

export interface ReadHistory {
  /** Undefined: there was no such run at that position. */
  readonly history: RunHistory | undefined;
  readonly unread: Readonly<Unread>;
}

/** Reads what the log tells of a run up to a position, so that all of it is of one moment. Bounded. */
export async function readRunHistory(
  log: Pick<EventReader, 'readStream'>,
  runId: string,
  upTo: Position,
): Promise<ReadHistory> {
  const reading = new Reading(log, upTo);
  return { history: await reading.run(runId, 0), unread: reading.unread };
}

class Reading {
  readonly unread: Unread = { events: 0, streams: 0, deeper_runs: 0 };
  private streams = 0;

  constructor(
    private readonly log: Pick<EventReader, 'readStream'>,
    private readonly upTo: Position,
  ) {}

  async run(run_id: string, depth: number): Promise<RunHistory | undefined> {
    const events = await this.stream(streamId('run', run_id), MAX_RUN_EVENTS, withoutValues);
    if (events.length === 0) return undefined;
    const made = madeBy(events);
    const tasks = await this.each(made.tasks, (id) => this.task(id));
    const approvals = await this.each(made.approvals, (id) =>
      this.stream(streamId('approval', id), MAX_EVENTS, (event) => event),
    );
    const children = new Map<string, RunHistory>();
    if (depth >= MAX_DEPTH) this.unread.deeper_runs += made.children.length;
    else
      // One after the other: each may have as many of its own.
      for (const id of made.children) {
        const child = this.takesOne() ? await this.run(id, depth + 1) : undefined;
        if (child) children.set(id, child);
      }
    return { run_id, events, tasks, approvals, children };
  }

  private async task(id: string): Promise<TaskHistory> {
    const events = await this.stream(streamId('task', id), MAX_EVENTS, withoutPayload);
    // What nobody was given has used nothing.
    const usage = events.some(({ type }) => type === 'TaskAssigned')
      ? await this.stream(streamId('usage', id), MAX_EVENTS, (event) => event)
      : [];
    return { events, usage };
  }

  private takesOne(): boolean {
    if (this.streams < MAX_STREAMS) {
      this.streams += 1;
      return true;
    }
    this.unread.streams += 1;
    return false;
  }

  private async each<Value>(ids: readonly string[], read: (id: string) => Promise<Value>): Promise<Map<string, Value>> {
    const taken = ids.filter(() => this.takesOne());
    const found = new Map<string, Value>();
    const turns = taken.values();
    const work = async () => {
      for (const id of turns) found.set(id, await read(id));
    };
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, taken.length) }, work));
    return found;
  }

  private async stream(
    stream: string,
    most: number,
    strip: (event: LoggedEvent) => LoggedEvent,
  ): Promise<LoggedEvent[]> {
    const events: LoggedEvent[] = [];
    for (;;) {
      const limit = Math.min(PAGE, most + 1 - events.length);
      const page = await this.log.readStream(stream, { fromVersion: events.length + 1, upTo: this.upTo, limit });
      events.push(...page.map(strip));
      if (events.length > most) {
        this.unread.events += 1;
        return events.slice(0, most);
      }
      if (page.length < limit) return events;
    }
  }
}

/** What the steps of a run have made, in the order they did. */
function madeBy(events: readonly LoggedEvent[]) {
  const tasks = new Set<string>();
  const approvals = new Set<string>();
  const children = new Set<string>();
  for (const event of events as readonly (LoggedEvent & RunEvent)[]) {
    if (event.type !== 'StepStarted') continue;
    const { work } = event.data;
    if (work.type === 'task') tasks.add(work.task_id);
    if (work.type === 'approval') approvals.add(work.approval_id);
    if (work.type === 'workflow') children.add(work.child_run_id);
  }
  return { tasks: [...tasks], approvals: [...approvals], children: [...children] };
}
