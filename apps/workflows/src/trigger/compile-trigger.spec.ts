import type { TriggerAction, TriggerTerms } from '@ao/contracts';
import { ExpressionError } from '@ao/expressions';
import { compileTrigger, type ReadyAction } from './compile-trigger';
import { createTask, terms } from './trigger.testing';

const ID = '01900000-0000-7000-8000-000000000001';

function ready(
  action: TriggerAction,
  variables: Record<string, unknown> = {},
  config?: TriggerTerms['config'],
): ReadyAction {
  const compiled = compileTrigger({ ...terms, ...(config && { config }), action });
  if ('pointer' in compiled) throw new Error(`${compiled.pointer}: ${compiled.reason}`);
  return compiled.ready(variables);
}

describe('the action of a trigger', () => {
  const event = {
    name: 'task.failed',
    position: 7,
    time: '',
    subject: { kind: 'task', id: ID },
    data: { n: 3, at: 'high' },
  };

  it('should be an order with everything worked out', () => {
    const task = {
      ...{ type: '${{ event.subject.kind }}-again', title: 'n is ${{ event.data.n }}', agent_type: 'worker' },
      ...{ payload: { n: '${{ event.data.n + 1 }}', '${{ key }}': true }, priority: '${{ event.data.at }}' },
      ...{ capabilities: ['c-${{ event.data.n }}'], agent_id: '${{ event.subject.id }}' },
    };
    expect(ready(createTask(task), { event })).toEqual({
      type: 'create_task',
      data: {
        ...{ type: 'task-again', title: 'n is 3', payload: { n: 4, '${{ key }}': true }, priority: 60 },
        requirements: { capabilities: ['c-3'], agent_type: 'worker', agent_id: ID },
      },
    });
    expect(ready(createTask({ priority: '${{ event.data.?priority }}' }), { event })).toEqual({
      type: 'create_task',
      data: { type: 'triggered', payload: {}, requirements: { capabilities: [] } },
    });
  });

  it('should be a run of a workflow', () => {
    const parameters = { n: '${{ event.data.n }}' };
    const action = { type: 'execute_workflow', workflow_id: ID, parameters, priority: 'low' } as const;
    expect(ready(action, { event })).toEqual({
      type: 'execute_workflow',
      data: { workflow_id: ID, parameters: { n: 3 }, priority: 20 },
    });
  });

  it('should be a notice whose subject is one line', () => {
    const recipients = { users: [ID], roles: [] };
    const told = { type: 'send_notification' as const, severity: 'info' as const, recipients, channels: [] };
    const action = { ...told, subject: 'a\n  b ${{ event.data }}', body: '${{ event.data.n }}' };
    expect(ready(action, { event }).data).toEqual({
      ...{ severity: 'info', recipients, channels: [] },
      ...{ subject: 'a b {"n":3,"at":"high"}', body: '3' },
    });
    expect(
      ready({ ...action, subject: '${{ event.data.text }}' }, { event: { data: { text: '😀'.repeat(300), n: 1 } } }),
    ).toMatchObject({
      data: { subject: `${'😀'.repeat(149)}…` },
    });
  });

  it.each<[TriggerAction, RegExp]>([
    [createTask({ title: '${{ event.data.absent }}' }), /^No such key: absent \(at \/title\)$/],
    [createTask({ title: '${{ event.data.long }}' }), /^\/title /],
    [createTask({ priority: '${{ event.data.n * 100 }}' }), /^\/priority /],
    [createTask({ agent_id: '${{ event.name }}' }), /^\/requirements\/agent_id /],
  ])('should say why it cannot be sent (%#)', (action, reason) => {
    const values = { event: { ...event, data: { ...event.data, long: 'x'.repeat(300) } } };
    expect(() => ready(action, values)).toThrow(ExpressionError);
    expect(() => ready(action, values)).toThrow(reason);
  });

  it('should know the variables of its type alone', () => {
    const speaksOf = (text: string, config: TriggerTerms['config']) =>
      compileTrigger({ ...terms, config, action: createTask({ title: text }) });
    const webhook = { type: 'webhook', signature: 'standard' } as const;
    expect(speaksOf('${{ payload.a }} ${{ headers.b }} ${{ trigger.id }}', webhook)).toHaveProperty('ready');
    expect(speaksOf('${{ event.name }}', webhook)).toMatchObject({ pointer: '/action/task/title' });
    expect(speaksOf('${{ task.title }}', terms.config)).toMatchObject({ usesTask: true, names: ['task.failed'] });
  });
});
