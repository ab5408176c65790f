import type { RunEvent, TaskEvent } from '@ao/contracts';
import { taken, type Measures } from './metric.buckets';
import { isActive, type AgentSubject, type RunSubject, type TaskSubject } from './metric.subject';

/** What an operator moved to the dead letters did not fail. */
const MOVED_BY_OPERATOR = 'moved_by_operator';

const NONE: Measures = {};

/** What one event of a task adds to the buckets of its time. Pure, like the two below. */
export function taskMeasures(
  before: TaskSubject | undefined,
  after: TaskSubject | undefined,
  event: TaskEvent,
): Measures {
  return { ...levelsOf(before, after), ...happened(before, event) };
}

function levelsOf(before: TaskSubject | undefined, after: TaskSubject | undefined): Measures {
  return {
    queued: Number(after?.status === 'queued') - Number(before?.status === 'queued'),
    running: Number(isRunning(after)) - Number(isRunning(before)),
  };
}

const isRunning = (task: TaskSubject | undefined) => task?.status === 'running' || task?.status === 'input_required';

function happened(before: TaskSubject | undefined, event: TaskEvent): Measures {
  switch (event.type) {
    case 'TaskSubmitted':
      return { submitted: 1 };
    case 'TaskAssigned':
      return before?.ready_at ? taken('wait', before.ready_at, event.data.assigned_at) : NONE;
    case 'TaskAttemptFailed':
    case 'TaskLeaseExpired':
      return { attempts_failed: 1 };
    case 'TaskCompleted': {
      const begun = before?.started_at ?? before?.assigned_at;
      return { completed: 1, ...(begun && taken('response', begun, event.data.completed_at)) };
    }
    case 'TaskResultAccepted':
      return { completed: 1 };
    case 'TaskFailed':
    case 'TaskExpired':
      return { failed: 1 };
    case 'TaskDeadLettered':
      return event.data.failure.class === MOVED_BY_OPERATOR ? { cancelled: 1 } : { failed: 1 };
    case 'TaskCancelled':
      return { cancelled: 1 };
    default:
      return NONE;
  }
}

export function agentMeasures(before: AgentSubject | undefined, after: AgentSubject | undefined): Measures {
  return { agents: Number(after !== undefined && isActive(after)) - Number(before !== undefined && isActive(before)) };
}

export function runMeasures(before: RunSubject | undefined, event: RunEvent): Measures {
  switch (event.type) {
    case 'RunStarted':
      return { runs_started: 1 };
    case 'RunCompleted':
      return { runs_completed: 1, ...(before && taken('run', before.started_at, event.data.at)) };
    case 'RunFailed':
      return { runs_failed: 1 };
    case 'RunCancelled':
      return { runs_cancelled: 1 };
    default:
      return NONE;
  }
}
