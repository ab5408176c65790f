import { evolveWorkflow, type WorkflowDefinition, type WorkflowDocument, type WorkflowEvent } from '@ao/contracts';
import type { EventLog } from '@ao/event-log';
import { streamId } from '@ao/kernel';

export interface KnownWorkflow {
  /** Undefined: there is none (any more). */
  readonly workflow: WorkflowDocument | undefined;
  /** By version less one. */
  readonly definitions: readonly WorkflowDefinition[];
}

interface Entry extends KnownWorkflow {
  /** Of its stream. */
  readonly version: number;
}

const PAGE = 1_000;
const NOTHING: Entry = { workflow: undefined, definitions: [], version: 0 };

/** Workflows with all their versions, as the log has them when it is asked; what was read once is not read again. */
export class Definitions {
  private readonly known = new Map<string, Entry>();
  private readonly reading = new Map<string, { readonly now: Promise<Entry>; next?: Promise<Entry> }>();

  constructor(
    private readonly log: Pick<EventLog, 'readStream'>,
    private readonly most = 1_000,
  ) {}

  /** A look that begins after it was asked for: whoever asks while one is under way shares the next one. */
  async read(workflowId: string): Promise<KnownWorkflow> {
    const under = this.reading.get(workflowId);
    if (under)
      return (under.next ??= under.now.then(
        () => this.look(workflowId),
        () => this.look(workflowId),
      ));
    return this.look(workflowId);
  }

  private look(workflowId: string): Promise<Entry> {
    const now = this.refreshed(workflowId);
    const entry = { now };
    this.reading.set(workflowId, entry);
    const over = () => void (this.reading.get(workflowId) === entry && this.reading.delete(workflowId));
    now.then(over, over);
    return now;
  }

  private async refreshed(workflowId: string): Promise<Entry> {
    let entry = this.known.get(workflowId) ?? NOTHING;
    for (;;) {
      const stream = streamId('workflow', workflowId);
      const events = await this.log.readStream(stream, { fromVersion: entry.version + 1, limit: PAGE });
      for (const event of events) entry = evolved(entry, event as unknown as WorkflowEvent, event.version);
      if (events.length < PAGE) break;
    }
    this.known.delete(workflowId);
    if (entry.version > 0) this.known.set(workflowId, entry);
    if (this.known.size > this.most) this.known.delete(this.known.keys().next().value!);
    return entry;
  }
}

function evolved({ workflow, definitions }: Entry, event: WorkflowEvent, version: number): Entry {
  const adds = event.type === 'WorkflowCreated' || event.type === 'WorkflowVersionAdded';
  return {
    workflow: evolveWorkflow(workflow, event),
    definitions: adds ? [...definitions, event.data.definition] : definitions,
    version,
  };
}
