import { type WorkflowDefinition, type WorkflowDocument, type WorkflowEvent } from '@ao/contracts';
import type { EventReader } from '@ao/event-log';
import { streamId } from '@ao/kernel';
import type { Pool } from 'pg';
import { DocumentReader } from '../document.reader';
import { readDocumentPage } from '../page';
import { workflowProjection, type WorkflowStatus } from './workflow.projection';

export interface WorkflowFilter {
  readonly isTemplate?: boolean;
  readonly status?: WorkflowStatus;
  /** In its name. */
  readonly search?: string;
  readonly limit: number;
  readonly offset: number;
}

/** As it was from `at` on, until the next. */
export interface WorkflowVersion {
  readonly version: number;
  readonly definition: WorkflowDefinition;
  readonly at: string;
}

/** Definitions are up to 64 KiB each. */
const EVENTS_AT_ONCE = 100;

/** Reads of the model `workflows`; versions from the log itself, which has them all. */
export class WorkflowQueries extends DocumentReader<WorkflowDocument> {
  constructor(
    private readonly database: Pool,
    private readonly events: Pick<EventReader, 'readStream'>,
  ) {
    super(database, events, workflowProjection);
  }

  /** Newest first. */
  async list(filter: WorkflowFilter): Promise<{ workflows: WorkflowDocument[]; total: number }> {
    const { isTemplate, status, search, limit, offset } = filter;
    const { documents, total } = await readDocumentPage<WorkflowDocument>(this.database, {
      name: 'workflows',
      from: `read_models.workflows where ($1::boolean is null or is_template = $1) and ($2::text is null or status = $2)
             and ($3::text is null or position(lower($3) in lower(name)) > 0)`,
      ...{ orderBy: 'created_at desc, id desc', values: [isTemplate, status, search], limit, offset },
    });
    return { workflows: documents, total };
  }

  /** Every version of a workflow, oldest first; undefined: there is none (any more). */
  async versions(id: string): Promise<Omit<WorkflowVersion, 'definition'>[] | undefined> {
    const versions: Omit<WorkflowVersion, 'definition'>[] = [];
    for await (const event of this.read(id)) {
      if (event.type === 'WorkflowDeleted') return undefined;
      const found = versionOf(event);
      if (found) versions.push({ version: found.version, at: found.at });
    }
    return versions.length > 0 ? versions : undefined;
  }

  /** One version, of a workflow that is deleted too: runs that stay on it stay explained. */
  async version(id: string, version: number): Promise<WorkflowVersion | undefined> {
    for await (const event of this.read(id)) {
      const found = versionOf(event);
      if (found?.version === version) return found;
    }
    return undefined;
  }

  private async *read(id: string): AsyncGenerator<WorkflowEvent> {
    for (let fromVersion = 1; ; fromVersion += EVENTS_AT_ONCE) {
      const page = await this.events.readStream(streamId('workflow', id), { fromVersion, limit: EVENTS_AT_ONCE });
      yield* page as unknown as WorkflowEvent[];
      if (page.length < EVENTS_AT_ONCE) return;
    }
  }
}

function versionOf(event: WorkflowEvent): WorkflowVersion | undefined {
  switch (event.type) {
    case 'WorkflowCreated':
      return { version: 1, definition: event.data.definition, at: event.data.created_at };
    case 'WorkflowVersionAdded':
      return { version: event.data.version, definition: event.data.definition, at: event.data.at };
    default:
      return undefined;
  }
}
