import type { RunEvent, Step, TaskEvent } from '@ao/contracts';
import { derivedId, isoTime, streamId } from '@ao/kernel';
import type { LoggedEvent, RunHistory, TaskHistory } from './run-history';

export const START = Date.parse('2026-01-01T00:00:00.000Z');
export const RUN = '01890a5d-ac96-774b-bcce-b302099a8001';
export const WORKFLOW = '01890a5d-ac96-774b-bcce-b302099a8002';
export const AGENT = '01890a5d-ac96-774b-bcce-b302099a8003';

interface Plain {
  readonly type: string;
  readonly data: object;
}

/** A log that a spec writes: positions ascend, and each commit says what it was caused by. */
export class ToldLog {
  readonly events: LoggedEvent[] = [];

  /**
   * One commit. `cause`: an event (`task@7`), or a command's id.
   * @returns how its last event is named as a cause
   */
  commit(stream_id: string, cause: string | undefined, ...events: readonly Plain[]): string {
    const position = this.events.length + 1;
    const command_id = derivedId('command', position);
    const category = stream_id.slice(0, stream_id.indexOf('-'));
    for (const [index, { type, data }] of events.entries()) {
      this.events.push({
        ...{ position: position + index, stream_id, category, type, data },
        metadata: {
          actor: { type: 'system', id: 'spec' },
          correlation_id: derivedId('command', 1),
          ...{ causation_id: cause ?? command_id, command_id },
        },
        recorded_at: isoTime(START),
      });
    }
    return `${category}@${this.events.length}`;
  }

  run(run: string, cause: string | undefined, ...events: readonly RunEvent[]): string {
    return this.commit(streamId('run', run), cause, ...events);
  }

  of(stream: string): LoggedEvent[] {
    return this.events.filter(({ stream_id }) => stream_id === stream);
  }

  history(run: string = RUN): RunHistory {
    const ids = (category: string) =>
      [...new Set(this.events.filter((event) => event.category === category).map(({ stream_id }) => stream_id))].map(
        (stream) => stream.slice(category.length + 1),
      );
    const task = (id: string): TaskHistory => ({
      events: this.of(streamId('task', id)),
      usage: this.of(streamId('usage', id)),
    });
    return {
      run_id: run,
      events: this.of(streamId('run', run)),
      tasks: new Map(ids('task').map((id) => [id, task(id)])),
      approvals: new Map(ids('approval').map((id) => [id, this.of(streamId('approval', id))])),
      children: new Map(
        ids('run')
          .filter((id) => id !== run && run === RUN)
          .map((id) => [id, { ...this.history(id) }]),
      ),
    };
  }
}

/** Seconds after the start. */
export const at = (seconds: number): string => isoTime(START + seconds * 1_000);

export function started(steps: readonly object[], changes: object = {}): RunEvent {
  return {
    type: 'RunStarted',
    data: {
      ...{ run_id: RUN, workflow_id: WORKFLOW, workflow_name: 'pipeline', version: 1 },
      definition: { parameters: null, steps: steps as Step[] },
      ...{ parameters: {}, priority: 40, cause: { kind: 'request', id: null }, parent: null, depth: 0 },
      ...{ started_by: null, fork: null, deadline: null, started_at: at(0) },
      ...changes,
    },
  };
}

export const task = (key: string, changes: object = {}) => ({
  ...{ key, name: key, type: 'task', task: { type: 'work', payload: {} } },
  ...changes,
});

export function stepStarted(node: string, seconds: number, work: object, attempt = 1, run_id = RUN): RunEvent {
  const data = { run_id, node, attempt, work, timeout_at: null, at: at(seconds) };
  return { type: 'StepStarted', data } as RunEvent;
}

export function stepCompleted(node: string, seconds: number, run_id = RUN, changes: object = {}): RunEvent {
  return { type: 'StepCompleted', data: { run_id, node, output: null, at: at(seconds), ...changes } };
}

export function runCompleted(seconds: number, run_id = RUN): RunEvent {
  return { type: 'RunCompleted', data: { run_id, workflow_id: WORKFLOW, output: null, at: at(seconds) } };
}

export const taskId = (node: string, attempt = 1): string => derivedId('task', RUN, node, attempt);
export const taskWork = (node: string, attempt = 1) => ({ type: 'task', task_id: taskId(node, attempt), order: {} });

export function submitted(task_id: string, seconds: number): TaskEvent {
  const requirements = { capabilities: [] };
  const retry = { max_attempts: 3, initial_delay_ms: 0, factor: 1, max_delay_ms: 0, jitter: 0 };
  return {
    type: 'TaskSubmitted',
    data: {
      ...{ task_id, type: 'work', payload: {}, priority: 40, requirements, retry, lease_seconds: 60, pool: 'default' },
      submitted_at: at(seconds),
    },
  };
}

const lease = (attempt: number) => ({ agent_id: AGENT, attempt, lease_token: AGENT });

export function assigned(task_id: string, seconds: number, attempt = 1): TaskEvent {
  const reason = { strategy: 'best', candidates: [], candidate_count: 1 };
  return {
    type: 'TaskAssigned',
    data: {
      ...{ ...lease(attempt), task_id, assigned_at: at(seconds), lease_expires_at: at(seconds + 60) },
      ...{ pool: 'default', epoch: 1, reason },
    },
  };
}

export function taskStarted(task_id: string, seconds: number, attempt = 1): TaskEvent {
  return { type: 'TaskStarted', data: { ...lease(attempt), task_id, started_at: at(seconds) } };
}

export function leaseExpired(task_id: string, seconds: number, attempt = 1): TaskEvent {
  const data = { ...lease(attempt), task_id, expired_at: at(seconds), reason: 'lease_expired', failed_attempts: 1 };
  return { type: 'TaskLeaseExpired', data } as TaskEvent;
}

export function completed(task_id: string, seconds: number, attempt = 1): TaskEvent {
  return { type: 'TaskCompleted', data: { ...lease(attempt), task_id, completed_at: at(seconds), result: null } };
}
