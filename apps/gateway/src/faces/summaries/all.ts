import { agentSummaries } from './agents.summaries';
import { coordinatorSummaries } from './coordinator.summaries';
import { notificationSummaries } from './notifications.summaries';
import { operationsSummaries } from './operations.summaries';
import { peopleSummaries } from './people.summaries';
import type { Summaries } from './summaries';
import { systemSummaries } from './system.summaries';
import { taskSummaries } from './tasks.summaries';
import { workflowSummaries } from './workflows.summaries';

/** By face or subject; a spec holds them against the operations that there are. */
export const SUMMARIES_OF: readonly Summaries[] = [
  systemSummaries,
  coordinatorSummaries,
  operationsSummaries,
  agentSummaries,
  taskSummaries,
  workflowSummaries,
  notificationSummaries,
  peopleSummaries,
];

/** Of every operation. */
export const SUMMARIES: Summaries = Object.fromEntries(SUMMARIES_OF.flatMap((summaries) => Object.entries(summaries)));
