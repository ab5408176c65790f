import type { TriggerEvent, TriggerTerms } from '@ao/contracts';
import { deciderSpec, testCommand } from '@ao/kernel/testing';
import { triggerDecider } from './trigger.decider';
import { createTask, terms } from './trigger.testing';

const ID = '01900000-0000-7000-8000-000000000001';
const FIRING = '01900000-0000-7000-8000-000000000002';
const T0 = '2026-01-01T00:00:00.000Z';
const T1 = '2026-01-01T00:00:01.000Z';
const NO_SECRET = { secret_id: null, secret_version: null };

const create = (changes: Partial<TriggerTerms> = {}) =>
  testCommand(
    'CreateTrigger',
    { trigger_id: ID, ...NO_SECRET, ...terms, ...changes, attempt_id: FIRING },
    { time: T0 },
  );
const created = (changes: Partial<TriggerTerms> = {}): TriggerEvent => {
  const { actor } = create().metadata;
  const created_by = `${actor.type}:${actor.id}`;
  return {
    type: 'TriggerCreated',
    data: { trigger_id: ID, ...NO_SECRET, ...terms, ...changes, created_by, created_at: T0 },
  };
};
const change = (changes: Partial<TriggerTerms>) =>
  testCommand('ChangeTrigger', { trigger_id: ID, ...changes }, { time: T1 });
const toggle = (enabled?: boolean) => testCommand('ToggleTrigger', { trigger_id: ID, enabled }, { time: T1 });
const remove = testCommand('DeleteTrigger', { trigger_id: ID }, { time: T1 });
const disabled: TriggerEvent = { type: 'TriggerDisabled', data: { trigger_id: ID, at: T1 } };

const cause = { kind: 'event' as const, event: 'task.failed', position: 7, scheduled_for: null, message_id: null };
const firing = { trigger_id: ID, firing_id: FIRING, cause, action: 'create_task', depth: 1 };
const outcome = { task_id: FIRING, run_id: null, notice_id: null };

const { given } = deciderSpec(triggerDecider);

describe('a trigger', () => {
  it('should be created, once', () => {
    expect(given().when(create()).then(created())).toEqual({ trigger_id: ID, created_at: T0, attempt_id: FIRING });
    given(created()).when(create()).thenRejected({ rejection: 'conflict', code: 'trigger_exists' });
  });

  it('should change in what is given, and only then, but never its type', () => {
    const throttle = { max: 3, seconds: 60 };
    const changed: TriggerEvent = { type: 'TriggerChanged', data: { trigger_id: ID, ...terms, throttle, at: T1 } };
    given(created()).when(change({ throttle })).then(changed);
    given(created(), changed)
      .when(change({ throttle, name: undefined }))
      .then();
    given(created())
      .when(change({ config: { type: 'webhook', signature: 'standard' } }))
      .thenRejected({ rejection: 'invalid', code: 'trigger_type_fixed', pointer: '/config/type' });
  });

  it('should be toggled to the other of the two, or to what is asked for', () => {
    given(created()).when(toggle()).then(disabled);
    given(created()).when(toggle(true)).then();
    given(created(), disabled).when(toggle()).thenTypes('TriggerEnabled');
    given(created(), disabled).when(toggle(false)).then();
  });

  it('should have another secret, and take the former one for a day as well, where it is a webhook', () => {
    const hook = { config: { type: 'webhook' as const, signature: 'standard' as const } };
    const made = created(hook);
    const webhook = { ...made, data: { ...made.data, secret_id: FIRING, secret_version: 1 } } as TriggerEvent;
    const rotate = testCommand(
      'RotateTriggerSecret',
      { trigger_id: ID, secret_version: 2, attempt_id: FIRING },
      { time: T1 },
    );
    const overlap_until = '2026-01-02T00:00:01.000Z';
    const rotated: TriggerEvent = {
      type: 'TriggerSecretRotated',
      data: { trigger_id: ID, secret_version: 2, former_version: 1, overlap_until, at: T1 },
    };
    expect(given(webhook).when(rotate).then(rotated)).toEqual({
      ...{ trigger_id: ID, secret_version: 2, overlap_until, attempt_id: FIRING },
    });
    const after = [webhook, rotated].reduce(triggerDecider.evolve, undefined);
    expect(after).toMatchObject({ secret_version: 2, former_secrets: [{ version: 1, until: overlap_until }] });
    given(created()).when(rotate).thenRejected({ rejection: 'conflict', code: 'trigger_without_secret' });
  });

  it('should be deleted, and be gone then', () => {
    const deleted: TriggerEvent = { type: 'TriggerDeleted', data: { trigger_id: ID, secret_id: null, at: T1 } };
    given(created()).when(remove).then(deleted);
    for (const command of [remove, change({}), toggle()])
      given(created(), deleted).when(command).thenRejected({ rejection: 'not_found', code: 'trigger_not_found' });
  });

  it('should record what a firing made, or why it made nothing', () => {
    const record = (what: object) =>
      testCommand('RecordFiring', { ...firing, outcome: null, reason: '', ...what }, { time: T1 });
    given(created())
      .when(record({ outcome }))
      .then({ type: 'TriggerFired', data: { ...firing, outcome, at: T1 } });
    given(created())
      .when(record({ reason: 'x'.repeat(600) }))
      .then({ type: 'TriggerFailed', data: { ...firing, reason: 'x'.repeat(500), at: T1 } });
  });

  it.each<[string, Partial<TriggerTerms>, string]>([
    [
      'a condition that is none',
      { config: { type: 'event', events: ['task.*'], condition: 'event.nme' } },
      '/config/condition',
    ],
    [
      'a condition over what there is not',
      { config: { type: 'condition', condition: 'event.x', every_seconds: 10 } },
      '/config/condition',
    ],
    ['a text over what its type has not', { action: createTask({ title: '${{ payload.a }}' }) }, '/action/task/title'],
    ['an order that cannot be sent', { action: createTask({ agent_id: 'nobody' }) }, '/action/task'],
    [
      'a notice to nobody',
      {
        action: {
          ...{ type: 'send_notification', severity: 'info', subject: 'x', body: '' },
          ...{ recipients: { users: [], roles: [] }, channels: [] },
        },
      },
      '/action/recipients',
    ],
  ])('rejects %s', (_, changes, pointer) => {
    const refused = { rejection: 'invalid', code: 'trigger_not_understood', pointer } as const;
    given().when(create(changes)).thenRejected(refused);
  });
});
