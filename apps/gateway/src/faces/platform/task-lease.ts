import { evolveTask, type TaskDocument, type TaskEvent } from '@ao/contracts';
import { isOpen } from '../../projections/tasks/task.read-model';

export interface CurrentLease {
  readonly agent_id: string;
  readonly lease_token: string;
}

export interface AskedInput {
  readonly prompt: string;
  /** Null while nobody has answered. */
  readonly input: unknown;
  readonly providedAt: string | null;
}

/** What the agent asked last of a task, with the answer if there is one; undefined: it asked nothing. */
export function newestInput(events: readonly TaskEvent[], agentId: string): AskedInput | undefined {
  let asked: AskedInput | undefined;
  for (const { type, data } of events) {
    if (type === 'TaskInputRequired' && data.agent_id === agentId)
      asked = { prompt: data.prompt, input: null, providedAt: null };
    else if (type === 'TaskInputProvided' && asked && data.agent_id === agentId)
      asked = { ...asked, input: data.input, providedAt: data.provided_at };
  }
  return asked;
}

/** Who has the task now, and under which lease; undefined: nobody. */
export function currentLease(events: readonly TaskEvent[]): CurrentLease | undefined {
  let task: TaskDocument | undefined;
  let lease: CurrentLease | undefined;
  for (const event of events) {
    task = evolveTask(task, event);
    if (event.type === 'TaskAssigned') lease = { agent_id: event.data.agent_id, lease_token: event.data.lease_token };
  }
  return task && isOpen(task) ? lease : undefined;
}
