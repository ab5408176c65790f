import type { TriggerAction, TriggerTerms } from '@ao/contracts';

export const createTask = (task: object = {}): TriggerAction => ({
  type: 'create_task',
  task: { type: 'triggered', payload: {}, ...task },
});

/** Terms of a trigger that makes a task for every task that fails. */
export const terms: TriggerTerms = {
  name: 'failed tasks',
  description: '',
  config: { type: 'event', events: ['task.failed'], condition: null },
  action: createTask(),
  enabled: true,
  throttle: null,
};
