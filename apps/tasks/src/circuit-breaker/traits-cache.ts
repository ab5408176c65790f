import type { TaskEvent } from '@ao/contracts';
import type { EventReader, RecordedEvent } from '@ao/event-log';
import { streamId } from '@ao/kernel';
import type { TaskTraits } from './guard-index';

type Submitted = Extract<TaskEvent, { type: 'TaskSubmitted' }>;

const READ_AT_ONCE = 16;

/** Type and target of tasks, which only their submissions say: those heard last from memory, the others from the log. */
export class TraitsCache {
  private readonly known = new Map<string, TaskTraits>();

  /** `capacity`: tasks kept. */
  constructor(
    private readonly log: Pick<EventReader, 'readStream'>,
    private readonly capacity = 50_000,
  ) {}

  get(taskId: string): TaskTraits | undefined {
    return this.known.get(taskId);
  }

  remember({ type, data }: RecordedEvent | TaskEvent): void {
    if (type !== 'TaskSubmitted') return;
    const { task_id, type: taskType, concurrency_key } = data as Submitted['data'];
    this.known.set(task_id, { type: taskType, ...(concurrency_key !== undefined && { target: concurrency_key }) });
    for (const oldest of this.known.keys()) {
      if (this.known.size <= this.capacity) break;
      this.known.delete(oldest);
    }
  }

  /** Reads what is not known of them. @throws LogUnavailableError */
  async learn(taskIds: Iterable<string>): Promise<void> {
    const missing = [...new Set(taskIds)].filter((id) => !this.known.has(id));
    const reader = async (): Promise<void> => {
      for (let id = missing.pop(); id !== undefined; id = missing.pop()) {
        const [first] = await this.log.readStream(streamId('task', id), { limit: 1 });
        if (first) this.remember(first);
      }
    };
    await Promise.all(Array.from({ length: Math.min(READ_AT_ONCE, missing.length) }, reader));
  }
}
