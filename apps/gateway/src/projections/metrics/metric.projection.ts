import type { AgentEvent, RunEvent, TaskEvent } from '@ao/contracts';
import type { RecordedEvent } from '@ao/event-log';
import { idOf } from '@ao/kernel';
import type { Projection } from '@ao/projections';
import { countersAt, type Measures } from './metric.buckets';
import { agentMeasures, runMeasures, taskMeasures } from './metric.measures';
import {
  evolveAgentSubject,
  evolveRunSubject,
  evolveTaskSubject,
  type AgentSubject,
  type MetricSubject,
  type RunSubject,
  type TaskSubject,
} from './metric.subject';

export const METRICS_MODEL = 'metrics';
export const METRIC_COUNTERS = 'read_models.metric_counters';

/**
 * What happened in each minute and each hour, as counters by the log's time. The documents are the tasks, runs and agents
 * that have not ended: one that begins and ends between two transactions is never written. Of minutes only the newest are
 * kept, see `minutePruning`.
 */
export const metricProjection: Projection<MetricSubject> = {
  name: METRICS_MODEL,
  version: 1,
  categories: ['task', 'agent', 'run'],
  table: 'read_models.metric_subjects',
  key: (event) => idOf(event.stream_id),
  begins: (event) => event.version === 1,
  evolve,
  counters: {
    table: METRIC_COUNTERS,
    delta: (before, after, event) => countersAt(event.recorded_at, measures(before, after, event)),
  },
};

/** An id is of one category for ever. */
function evolve(before: MetricSubject | undefined, event: RecordedEvent): MetricSubject | undefined {
  switch (event.category) {
    case 'task':
      return evolveTaskSubject(before as TaskSubject | undefined, event as RecordedEvent & TaskEvent);
    case 'agent':
      return evolveAgentSubject(before as AgentSubject | undefined, event as RecordedEvent & AgentEvent);
    case 'run':
      return evolveRunSubject(before as RunSubject | undefined, event as RecordedEvent & RunEvent);
    default:
      return before;
  }
}

function measures(before: MetricSubject | undefined, after: MetricSubject | undefined, event: RecordedEvent): Measures {
  switch (event.category) {
    case 'task': {
      const change = event as RecordedEvent & TaskEvent;
      return taskMeasures(before as TaskSubject | undefined, after as TaskSubject | undefined, change);
    }
    case 'agent':
      return agentMeasures(before as AgentSubject | undefined, after as AgentSubject | undefined);
    case 'run':
      return runMeasures(before as RunSubject | undefined, event as RecordedEvent & RunEvent);
    default:
      return {};
  }
}
