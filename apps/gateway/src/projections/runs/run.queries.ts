import { foldRun, type RunDocument, type RunEvent, type RunStatus, type RunSummary } from '@ao/contracts';
import type { EventReader, RecordedEvent } from '@ao/event-log';
import { streamId } from '@ao/kernel';
import { eventsAsOf, type Moment } from '@ao/projections';
import type { Pool } from 'pg';
import { DocumentReader } from '../document.reader';
import { readDocumentPage } from '../page';
import { runsProjection } from './run.projection';

/** Counting stops here, as it does for tasks. */
const MAX_COUNTED = 10_000;
const NOW = { position: Number.MAX_SAFE_INTEGER };
/** Of one page of events; one event more may stand in it. An event is 256 KiB at most. */
const MAX_PAGE_BYTES = 4 * 1024 * 1024;
const READ_AT_ONCE = 100;

export interface RunFilter {
  readonly workflowId?: string;
  /** Any of them. */
  readonly statuses?: readonly RunStatus[];
  /** The run whose steps started them. */
  readonly parent?: string;
  /** ISO 8601, exclusive. */
  readonly started?: { readonly after?: string; readonly before?: string };
  readonly limit: number;
  readonly offset: number;
}

/** Reads of the model `runs`, and of the log where all of a run is asked for. */
export class RunQueries extends DocumentReader<RunSummary> {
  constructor(
    private readonly database: Pool,
    private readonly reader: Pick<EventReader, 'readStream'>,
  ) {
    super(database, reader, runsProjection);
  }

  /** The newest first. `total` is counted to a bound. */
  async list(filter: RunFilter): Promise<{ runs: RunSummary[]; total: number }> {
    const { workflowId, statuses, parent, started = {}, limit, offset } = filter;
    const conditions = [
      ['workflow_id = ', workflowId],
      ['status = any', statuses],
      ['parent_run_id = ', parent],
      ['started_at > ', started.after],
      ['started_at < ', started.before],
    ] as const;
    const present = conditions.flatMap(([sql, value], index) => (value === undefined ? [] : [{ sql, value, index }]));
    const where = present.map(({ sql }, index) => `${sql}($${index + 1})`).join(' and ');
    const { documents, total } = await readDocumentPage<RunSummary>(this.database, {
      // A statement for each set of filters, so that each is planned by the index that fits it.
      name: ['runs', ...present.map(({ index }) => index)].join('_'),
      from: `read_models.runs${where && ` where ${where}`}`,
      orderBy: 'started_at desc, id desc',
      values: present.map(({ value }) => value),
      ...{ limit, offset, mostCounted: MAX_COUNTED },
    });
    return { runs: documents, total };
  }

  /** All of a run at a moment, or as the log has it; undefined: there is, or was, none. */
  async whole(id: string, moment: Moment = NOW): Promise<RunDocument | undefined> {
    let run: RunDocument | undefined;
    for await (const events of eventsAsOf(this.reader, streamId('run', id), moment))
      run = foldRun(run, events as (RecordedEvent & RunEvent)[]);
    return run;
  }

  /** A run's events in order: at most so many, and fewer where they are large. `more`: there may be some behind them. */
  async events(id: string, fromVersion: number, limit: number): Promise<{ events: RecordedEvent[]; more: boolean }> {
    const stream = streamId('run', id);
    const events: RecordedEvent[] = [];
    let bytes = 0;
    while (events.length < limit) {
      const most = Math.min(READ_AT_ONCE, limit - events.length);
      const page = await this.reader.readStream(stream, { fromVersion: fromVersion + events.length, limit: most });
      for (const event of page) {
        events.push(event);
        bytes += JSON.stringify(event.data).length;
        if (bytes > MAX_PAGE_BYTES) return { events, more: true };
      }
      if (page.length < most) return { events, more: false };
    }
    return { events, more: true };
  }
}
