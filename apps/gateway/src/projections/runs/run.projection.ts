import { evolveRunSummary, type RunEvent, type RunSummary } from '@ao/contracts';
import type { RecordedEvent } from '@ao/event-log';
import { idOf } from '@ao/kernel';
import type { Projection } from '@ao/projections';

export const RUNS = 'runs';

const keyOfRun = (event: RecordedEvent) => idOf(event.stream_id);

/** One row per run: its summary. What steps were given and gave is in the log alone. */
export const runsProjection: Projection<RunSummary> = {
  name: RUNS,
  version: 1,
  categories: ['run'],
  table: 'read_models.runs',
  key: keyOfRun,
  begins: (event) => event.version === 1,
  evolve: (run, event) => evolveRunSummary(run, event as RecordedEvent & RunEvent),
  columns: ({ workflow_id, status, parent, started_at }) => ({
    ...{ workflow_id, status, started_at },
    parent_run_id: parent?.run_id ?? null,
  }),
};
