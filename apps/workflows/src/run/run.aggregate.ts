import { runEvents, schemaVersionsOf, type RunDocument, type RunEvent } from '@ao/contracts';
import type { Aggregate } from '@ao/event-log';
import { runDecider, type RunCommand } from './run.decider';

export const runAggregate: Aggregate<RunDocument | undefined, RunCommand, RunEvent> = {
  category: 'run',
  decider: runDecider,
  schemaVersions: schemaVersionsOf(runEvents),
  freshIds: 0,
};
