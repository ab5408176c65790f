import type { PublicEvent, TaskSpecification } from '@ao/contracts';
import type { EventLog, RecordedEvent } from '@ao/event-log';
import { streamId } from '@ao/kernel';
import type { TaskFacts } from './event-values';

const KEPT = 10_000;
const AT_ONCE = 8;

/** What tasks were submitted as: of the newest ten thousand that were asked for, since it never changes. */
export class TaskFactsReader {
  private readonly kept = new Map<string, TaskFacts | undefined>();

  constructor(private readonly log: Pick<EventLog, 'readStream'>) {}

  /** Reads those that are not known yet, so that `of` knows them. @throws LogUnavailableError */
  async load(events: readonly PublicEvent[]): Promise<void> {
    const missing = [...new Set(events.flatMap((event) => taskIdOf(event) ?? []))].filter((id) => !this.kept.has(id));
    const turns = missing.values();
    const work = async () => {
      for (const id of turns) {
        const [first] = await this.log.readStream(streamId('task', id), { limit: 1 });
        this.keep(id, first && factsOf(first));
      }
    };
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, missing.length) }, work));
  }

  /** Takes what has been read anyway. */
  learn(recorded: RecordedEvent): void {
    if (recorded.type === 'TaskSubmitted') this.keep((recorded.data as { task_id: string }).task_id, factsOf(recorded));
  }

  of(event: PublicEvent): TaskFacts | undefined {
    const id = taskIdOf(event);
    const facts = id === undefined ? undefined : this.kept.get(id);
    if (facts) this.keep(id!, facts);
    return facts;
  }

  private keep(id: string, facts: TaskFacts | undefined): void {
    this.kept.delete(id);
    this.kept.set(id, facts);
    if (this.kept.size > KEPT) this.kept.delete(this.kept.keys().next().value!);
  }
}

const taskIdOf = ({ subject }: PublicEvent) => (subject.kind === 'task' ? subject.id : undefined);

function factsOf({ type, data }: RecordedEvent): TaskFacts | undefined {
  if (type !== 'TaskSubmitted') return undefined;
  const task = data as TaskSpecification & { pool: string; submitted_at: string };
  const { priority, pool, submitted_at, title = '' } = task;
  return { type: task.type, title, priority, pool, capabilities: task.requirements.capabilities, submitted_at };
}
