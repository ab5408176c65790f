import type { LeasedTask, TaskEvent } from '@ao/contracts';
import type { EventReader, RecordedEvent } from '@ao/event-log';
import { streamId, type CommandMetadata } from '@ao/kernel';

/** The part of a task that stays in the log until an agent gets it: as it was submitted, and changed since. */
export interface Submission {
  readonly type: string;
  readonly priority: number;
  readonly submitted_at: string;
  readonly lease_seconds: number;
  /** As JSON text: it goes to the agent as it is. */
  readonly payload: string;
  readonly texts: Pick<LeasedTask, 'title' | 'description' | 'instructions'>;
  readonly credentials?: LeasedTask['credentials'];
  /** The answer to what its agent asked last; wrapped, because it may be any JSON. */
  readonly answer?: { readonly input: unknown };
  /** How often it was changed. */
  readonly revision: number;
  /** What led to the task, for the metadata of what follows from it. */
  readonly origin: Pick<CommandMetadata, 'correlation_id' | 'causation_id' | 'traceparent'>;
}

export type Submitted = Pick<
  Extract<TaskEvent, { type: 'TaskSubmitted' }>['data'],
  'type' | 'priority' | 'submitted_at' | 'lease_seconds' | 'payload' | 'credentials' | keyof Submission['texts']
>;
type TaskRecord = TaskEvent & Pick<RecordedEvent, 'metadata' | 'position'>;

const PAGE = 1_000;

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
    if (event.category !== 'task') return;
    const record = event as unknown as TaskRecord;
    const { task_id } = record.data;
    // Who reads it now may have begun before this was in the log.
    if (event.type === 'TaskChanged') this.reading.delete(task_id);
    const known = this.recent.get(task_id);
    const submission = evolveSubmission(known, record);
    if (!submission || submission === known) return;
    this.forget(task_id);
    this.recent.set(task_id, submission);
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
    return this.recent.get(taskId) ?? this.reading.get(taskId) ?? this.newest(taskId);
  }

  /** As the log has it at this moment, whatever this process has heard. @throws LogUnavailableError */
  newest(taskId: string): Promise<Submission> {
    const read = this.read(taskId).finally(() => {
      if (this.reading.get(taskId) === read) this.reading.delete(taskId);
    });
    this.reading.set(taskId, read);
    return read;
  }

  private async read(taskId: string): Promise<Submission> {
    let submission: Submission | undefined;
    for (let fromVersion = 1; ; fromVersion += PAGE) {
      const events = await this.log.readStream(streamId('task', taskId), { fromVersion, limit: PAGE });
      for (const event of events) submission = evolveSubmission(submission, event as unknown as TaskRecord);
      if (events.length < PAGE) break;
    }
    if (!submission) throw new Error(`expected task '${taskId}' in the log, but its stream is empty`);
    return submission;
  }
}

/** What a submission without its payload takes, about. */
const OVERHEAD_BYTES = 600;

function sizeOf({ payload, texts }: Submission): number {
  return payload.length + (texts.description?.length ?? 0) + (texts.instructions?.length ?? 0) + OVERHEAD_BYTES;
}

/** The submission after one more event of its task; the same object when it says nothing of it. Pure. */
function evolveSubmission(submission: Submission | undefined, event: TaskRecord): Submission | undefined {
  if (event.type === 'TaskSubmitted') return submissionOf(event, event.data);
  if (!submission) return undefined;
  switch (event.type) {
    case 'TaskChanged': {
      const { payload, priority, title, description, instructions } = event.data.changes;
      return {
        ...submission,
        ...(payload !== undefined && { payload: JSON.stringify(payload) }),
        ...(priority !== undefined && { priority }),
        texts: { ...submission.texts, ...given({ title, description, instructions }) },
        revision: submission.revision + 1,
      };
    }
    case 'TaskInputProvided':
      return { ...submission, answer: { input: event.data.input } };
    case 'TaskAssigned':
    case 'TaskInputRequired': {
      if (!submission.answer) return submission;
      const { answer: _old, ...unanswered } = submission;
      return unanswered;
    }
    default:
      return submission;
  }
}

/** The submission that its event tells of. */
export function submissionOf(
  { metadata, position }: { metadata: Submission['origin']; position: number },
  data: Submitted,
): Submission {
  const { type, priority, submitted_at, lease_seconds, payload, title, description, instructions, credentials } = data;
  const { correlation_id, traceparent } = metadata;
  return {
    ...{ type, priority, submitted_at, lease_seconds, payload: JSON.stringify(payload) },
    texts: given({ title, description, instructions }),
    ...(credentials && { credentials }),
    revision: 0,
    origin: { correlation_id, causation_id: `task@${position}`, ...(traceparent && { traceparent }) },
  };
}

function given(texts: Submission['texts']): Submission['texts'] {
  const { title, description, instructions } = texts;
  return {
    ...(title !== undefined && { title }),
    ...(description !== undefined && { description }),
    ...(instructions !== undefined && { instructions }),
  };
}
