import { WorkflowDefinition, type WorkflowEvent } from '@ao/contracts';
import { deciderSpec, testCommand } from '@ao/kernel/testing';
import { workflowDecider } from './workflow.decider';

const workflow_id = '01900000-0000-7000-8000-00000000f001';
const at = '2026-01-01T00:00:00.000Z';
const details = { name: 'nightly', description: '', is_template: false, config: {} };
const step = (key: string, more: object = {}) => ({ key, name: key, type: 'task', task: { type: 'work' }, ...more });
const define = (...steps: object[]) => WorkflowDefinition.parse({ steps });
const stepOf = (key: string, more: object = {}) => define(step(key, more)).steps[0]!;

const { given } = deciderSpec(workflowDecider({ allowPrivate: false }));
const created: WorkflowEvent = {
  type: 'WorkflowCreated',
  data: { ...details, workflow_id, definition: define(step('a')), installation_id: null, created_at: at },
};
const changing = (changes: object) => testCommand('ChangeWorkflow' as const, { workflow_id, ...changes });

describe('the decider of workflows', () => {
  it('should create a workflow at version 1, and not twice', () => {
    const command = testCommand('CreateWorkflow' as const, { ...details, workflow_id, definition: define(step('a')) });
    expect(given().when(command).then(created)).toEqual({ workflow_id, version: 1, created_at: at });
    given(created).when(command).thenRejected({ rejection: 'conflict', code: 'workflow_exists' });
  });

  it('rejects a definition that cannot be run, with the place of the first fault', () => {
    const definition = define(step('a', { depends_on: ['gone'] }));
    const wrong = {
      rejection: 'invalid',
      code: 'invalid_definition',
      pointer: '/definition/steps/0/depends_on/0',
    } as const;
    given()
      .when(testCommand('CreateWorkflow' as const, { ...details, workflow_id, definition }))
      .thenRejected(wrong);
    given(created).when(changing({ definition })).thenRejected(wrong);
  });

  it('should add a version for another definition, and none for the same', () => {
    const definition = define(step('a'), step('b'));
    given(created)
      .when(changing({ definition }))
      .then({ type: 'WorkflowVersionAdded', data: { workflow_id, version: 2, definition, at } });
    given(created)
      .when(changing({ definition: define(step('a')) }))
      .then();
    given(created)
      .when(changing({ ...details }))
      .then();
  });

  it('should keep what is absent, and take away what is null', () => {
    const stopping = { ...define(step('a')), on_failure: 'stop' as const };
    const second: WorkflowEvent = {
      type: 'WorkflowVersionAdded',
      data: { workflow_id, version: 2, definition: stopping, at },
    };
    given(created)
      .when(changing({ definition: { on_failure: 'stop' } }))
      .then(second);
    given(created, second)
      .when(changing({ name: 'renamed', definition: { on_failure: null } }))
      .then(
        { type: 'WorkflowDetailsChanged', data: { ...details, name: 'renamed', workflow_id, at } },
        { type: 'WorkflowVersionAdded', data: { workflow_id, version: 3, definition: define(step('a')), at } },
      );
  });

  it('rejects a change of another version than the newest', () => {
    given(created)
      .when(changing({ name: 'x', expected_revision: 2 }))
      .thenRejected({ rejection: 'precondition_failed', code: 'workflow_changed' });
    given(created)
      .when(changing({ name: 'x', expected_revision: 1 }))
      .thenTypes('WorkflowDetailsChanged');
  });

  it('should add a step at the end, whatever orders others have', () => {
    const add = (key: string) => testCommand('AddStep' as const, { workflow_id, step: stepOf(key) });
    const added = (...steps: object[]) =>
      ({ type: 'WorkflowVersionAdded', data: { workflow_id, version: 2, definition: define(...steps), at } }) as const;
    given(created)
      .when(add('b'))
      .then(added(step('a'), step('b')));
    const tenth = { ...created, data: { ...created.data, definition: define(step('a', { order: 10 })) } };
    given(tenth as WorkflowEvent)
      .when(add('b'))
      .then(added(step('a', { order: 10 }), step('b', { order: 11 })));
    given(created).when(add('a')).thenRejected({ rejection: 'conflict', code: 'step_key_taken' });
  });

  it('rejects a step that cannot be run, by its place in the step', () => {
    given(created)
      .when(testCommand('AddStep' as const, { workflow_id, step: stepOf('b', { depends_on: ['gone'] }) }))
      .thenRejected({ code: 'invalid_definition', pointer: '/step/depends_on/0' });
  });

  it('rejects a config that is too large', () => {
    given(created)
      .when(changing({ config: { x: 'x'.repeat(40_000) } }))
      .thenRejected({ rejection: 'invalid', code: 'config_too_large', pointer: '/config' });
  });

  it('should be deleted once', () => {
    const remove = testCommand('DeleteWorkflow' as const, { workflow_id });
    const deleted: WorkflowEvent = { type: 'WorkflowDeleted', data: { workflow_id, at } };
    given(created).when(remove).then(deleted);
    given(created, deleted).when(remove).thenRejected({ rejection: 'not_found', code: 'workflow_not_found' });
  });
});
