import type { TaskTypeEvent } from '@ao/contracts';
import { deciderSpec, testCommand } from '@ao/kernel/testing';
import { taskTypeDecider, taskTypeId } from './task-type.decider';

const at = '2026-01-01T00:00:00.000Z';
const task_type_id = taskTypeId('ocr');
const defaults = { type: 'ocr', task_type_id, lease_seconds: 30, retry: { max_attempts: 5, jitter: 0 } };
const configured = (change: object = {}): TaskTypeEvent => ({
  type: 'TaskTypeConfigured',
  data: { ...defaults, ...change, at },
});
const deleted: TaskTypeEvent = { type: 'TaskTypeDeleted', data: { task_type_id, type: 'ocr', at } };
const configure = (change: object = {}) => testCommand('ConfigureTaskType', { ...defaults, ...change });
const remove = testCommand('DeleteTaskType', { task_type_id });

const { given } = deciderSpec(taskTypeDecider);

describe('the defaults of a task type', () => {
  it('should be set, replaced as a whole, and taken away', () => {
    expect(given().when(configure()).then(configured())).toEqual({ task_type_id, created: true });
    const other = testCommand('ConfigureTaskType', { type: 'ocr', task_type_id, priority: 80 });
    const replaced: TaskTypeEvent = {
      type: 'TaskTypeConfigured',
      data: { type: 'ocr', task_type_id, priority: 80, at },
    };
    expect(given(configured()).when(other).then(replaced)).toEqual({ task_type_id, created: false });
    expect(given(configured()).when(remove).then(deleted)).toEqual({ deleted_at: at });
    expect(given(configured(), deleted).when(configure()).then(configured())).toMatchObject({ created: true });
  });

  it('should be no event when they stay as they are, in whatever order they are said', () => {
    const again = configure({ retry: { jitter: 0, max_attempts: 5 } });
    expect(given(configured()).when(again).then()).toEqual({ task_type_id, created: false });
  });

  it('rejects to take away what is not there', () => {
    given().when(remove).thenRejected({ rejection: 'not_found', code: 'task_type_not_found' });
    given(configured(), deleted).when(remove).thenRejected({ code: 'task_type_not_found' });
  });
});
