import {
  evolveTaskType,
  schemaVersionsOf,
  taskTypeEvents,
  type ConfigureTaskType as Configuration,
  type TaskTypeDocument,
  type TaskTypeEvent,
} from '@ao/contracts';
import type { Aggregate } from '@ao/event-log';
import { accept, assertNever, derivedId, reject, isSameJson, type Command, type Decider } from '@ao/kernel';

export type ConfigureTaskType = Command<'ConfigureTaskType', Configuration & { readonly task_type_id: string }>;
export type DeleteTaskType = Command<'DeleteTaskType', { readonly task_type_id: string }>;
export type TaskTypeCommand = ConfigureTaskType | DeleteTaskType;

/** Undefined: the type has no defaults. */
export type TaskTypeState = TaskTypeDocument | undefined;

export const taskTypeDecider: Decider<TaskTypeState, TaskTypeCommand, TaskTypeEvent> = {
  initialState: () => undefined,
  evolve: evolveTaskType,
  decide(command, state) {
    const { time: at } = command.metadata;
    const { task_type_id } = command.data;
    switch (command.type) {
      case 'ConfigureTaskType': {
        const event: TaskTypeEvent = { type: 'TaskTypeConfigured', data: { ...command.data, at } };
        const result = { task_type_id, created: !state };
        const after = evolveTaskType(state, event);
        return accept(state && isSameJson({ ...after, updated_at: state.updated_at }, state) ? [] : [event], result);
      }
      case 'DeleteTaskType':
        if (!state) {
          const why = `Expected to delete the defaults of task type '${task_type_id}', but it has none`;
          return reject('not_found', 'task_type_not_found', why);
        }
        return accept([{ type: 'TaskTypeDeleted', data: { task_type_id, type: state.type, at } }], { deleted_at: at });
      default:
        return assertNever(command);
    }
  },
};

export const taskTypeAggregate: Aggregate<TaskTypeState, TaskTypeCommand, TaskTypeEvent> = {
  category: 'tasktype',
  decider: taskTypeDecider,
  schemaVersions: schemaVersionsOf(taskTypeEvents),
  freshIds: 0,
};

/** Types, which people name, do not stand in stream ids. */
export function taskTypeId(type: string): string {
  return derivedId('tasktype', type);
}
