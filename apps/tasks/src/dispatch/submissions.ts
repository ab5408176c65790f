import type { TaskEvent } from '@ao/contracts';
import type { EventReader, RecordedEvent } from '@ao/event-log';
import { streamId, type CommandMetadata } from '@ao/kernel';

/** The part of a task that stays in the log until an agent gets it. */
export interface Submission {
  readonly type: string;
  readonly priority: number;
  readonly submitted_at: string;
  readonly lease_seconds: number;
  /** As JSON text: it goes to the agent as it is. */
  readonly payload: string;
  /** What led to the task, for the metadata of what follows from it. */
  readonly origin: Pick<CommandMetadata, 'correlation_id' | 'causation_id' | 'traceparent'>;
}

type Submitted = Extract<TaskEvent, { type: 'TaskSubmitted' }>;

/**
 * The submissions of tasks that are given out: those heard last from memory, the others from the log. Tasks mostly go out
 * soon after they come in; of a long queue only the ids and requirements are in memory.
 */
export class Submissions {
  private readonly recent = new Map<string, Submission>();
  private readonly reading = new Map<string, Promise<Submission>>();
  private bytes = 0;

  /** `capacity`: bytes of payload kept. */
  constructor(
    private readonly log: Pick<EventReader, 'readStream'>,
    private readonly capacity = 16 * 1024 * 1024,
  ) {}

  /** Keeps what the event holds, at the cost of what was heard longest ago. */
  remember(event: RecordedEvent): void {
    if (event.type !== 'TaskSubmitted') return;
    const submission = submissionOf(event);
    this.forget((event as RecordedEvent<Submitted>).data.task_id);
    this.recent.set((event as RecordedEvent<Submitted>).data.task_id, submission);
    this.bytes += sizeOf(submission);
    for (const taskId of this.recent.keys()) {
      if (this.bytes <= this.capacity) break;
      this.forget(taskId);
    }
  }

  /** The task has ended. */
  forget(taskId: string): void {
    const known = this.recent.get(taskId);
    if (!known) return;
    this.bytes -= sizeOf(known);
    this.recent.delete(taskId);
  }

  /** @throws LogUnavailableError */
  of(taskId: string): Submission | Promise<Submission> {
    const known = this.recent.get(taskId) ?? this.reading.get(taskId);
    if (known) return known;
    const read = this.read(taskId).finally(() => this.reading.delete(taskId));
    this.reading.set(taskId, read);
    return read;
  }

  private async read(taskId: string): Promise<Submission> {
    const [first] = await this.log.readStream(streamId('task', taskId), { limit: 1 });
    if (!first) throw new Error(`expected task '${taskId}' in the log, but its stream is empty`);
    return submissionOf(first);
  }
}

/** What a submission without its payload takes, about. */
const OVERHEAD_BYTES = 500;

function sizeOf({ payload }: Submission): number {
  return payload.length + OVERHEAD_BYTES;
}

function submissionOf(event: RecordedEvent): Submission {
  const { type, priority, submitted_at, lease_seconds, payload } = (event as RecordedEvent<Submitted>).data;
  const { correlation_id, traceparent } = event.metadata;
  const origin = { correlation_id, causation_id: `task@${event.position}`, ...(traceparent && { traceparent }) };
  return { type, priority, submitted_at, lease_seconds, payload: JSON.stringify(payload), origin };
}
