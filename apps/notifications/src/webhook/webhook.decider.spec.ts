import type { WebhookEvent, WebhookTerms } from '@ao/contracts';
import { deciderSpec, testCommand } from '@ao/kernel/testing';
import { webhookDecider, type WebhookCommand } from './webhook.decider';

const ID = '01900000-0000-7000-8000-000000000001';
const SECRET = '01900000-0000-7000-8000-00000000000a';
const REPLAY = '00000000-0000-7000-8000-0000000000f1';
const T0 = '2026-01-01T00:00:00.000Z';
const T1 = '2026-01-01T01:00:00.000Z';
const DAY_AFTER_T1 = '2026-01-02T01:00:00.000Z';

const terms: WebhookTerms = {
  ...{ url: 'https://example.org/hook', events: ['task.*'], description: '', filter: null, enabled: true },
};
const created = (changes: Partial<WebhookTerms> = {}): WebhookEvent => ({
  type: 'WebhookCreated',
  data: {
    ...{ webhook_id: ID, ...terms, ...changes, secret_id: SECRET, secret_version: 1 },
    ...{ created_by: 'operator:test', position: 40, created_at: T0 },
  },
});
const changed = (changes: Partial<WebhookTerms>): WebhookEvent => ({
  type: 'WebhookChanged',
  data: { webhook_id: ID, ...terms, ...changes, position: 50, at: T1 },
});
const failing: WebhookEvent = {
  type: 'WebhookFailing',
  data: { webhook_id: ID, since: T0, disables_at: DAY_AFTER_T1, error: 'timeout', at: T1 },
};
const disabled: WebhookEvent = {
  type: 'WebhookDisabled',
  data: { webhook_id: ID, by: 'failures', error: 'timeout', position: 70, at: T1 },
};
const deleted: WebhookEvent = { type: 'WebhookDeleted', data: { webhook_id: ID, secret_id: SECRET, at: T1 } };

const at = { time: T1 };
const create = (changes: Partial<WebhookTerms> = {}) => {
  const secret = { secret_id: SECRET, secret_version: 1, attempt_id: 'try' };
  const data = { webhook_id: ID, ...terms, ...changes, ...secret, position: 40 };
  return testCommand('CreateWebhook', data, { time: T0 });
};
const change = (changes: Partial<WebhookTerms>) =>
  testCommand('ChangeWebhook', { webhook_id: ID, ...changes, position: 50 }, at);
const rotate = (secret_version: number, time = T1) =>
  testCommand('RotateWebhookSecret', { webhook_id: ID, secret_version, attempt_id: 'try' }, { time });
const enable = (backfill: boolean) => testCommand('EnableWebhook', { webhook_id: ID, backfill }, at);
const replay = testCommand('ReplayWebhook', { webhook_id: ID, from: 0, to: 90, per_second: 50 }, at);
const markFailing = testCommand(
  'MarkWebhookFailing',
  { webhook_id: ID, since: T0, disables_at: DAY_AFTER_T1, error: 'timeout' },
  at,
);
const recover = testCommand('MarkWebhookRecovered', { webhook_id: ID }, at);
const disable = (by: 'gone' | 'failures' = 'failures', error = 'timeout') =>
  testCommand('DisableWebhook', { webhook_id: ID, by, error, position: 70 }, at);
const remove = testCommand('DeleteWebhook', { webhook_id: ID }, at);

const { given } = deciderSpec(webhookDecider);
const stateAfter = (...events: WebhookEvent[]) => events.reduce(webhookDecider.evolve, webhookDecider.initialState());

describe('configuring a webhook', () => {
  it('should keep it, once, without what names the attempt', () => {
    expect(given().when(create()).then(created())).toEqual({ webhook_id: ID, created_at: T0, attempt_id: 'try' });
    given(created()).when(create()).thenRejected({ rejection: 'conflict', code: 'webhook_exists' });
    expect(stateAfter(created())).toMatchObject({ status: 'active', disabled_by: null, former_secrets: [] });
    expect(stateAfter(created({ enabled: false }))).toMatchObject({
      ...{ status: 'disabled', disabled_by: 'request', disabled_position: 40 },
    });
  });

  it('should change what is named and leave the rest, or nothing', () => {
    given(created())
      .when(change({ events: ['*'] }))
      .then(changed({ events: ['*'] }));
    expect(
      given(created())
        .when(change({ events: ['task.*'] }))
        .then(),
    ).toEqual({ webhook_id: ID, updated_at: T0 });
  });

  it('rejects everything about one that is not there', () => {
    const commands: WebhookCommand[] = [
      change({}),
      remove,
      rotate(2),
      enable(true),
      replay,
      markFailing,
      recover,
      disable(),
    ];
    for (const command of commands)
      for (const before of [[], [created(), deleted]])
        given(...before)
          .when(command)
          .thenRejected({ rejection: 'not_found', code: 'webhook_not_found' });
  });

  it('should say which secret goes with it', () => {
    given(created()).when(remove).then(deleted);
  });
});

describe('rotating the secret', () => {
  const rotated = (version: number, former: number, time: string, until: string): WebhookEvent => ({
    type: 'WebhookSecretRotated',
    data: { webhook_id: ID, secret_version: version, former_version: former, overlap_until: until, at: time },
  });

  it('should let the former one sign for a day', () => {
    expect(
      given(created())
        .when(rotate(2))
        .then(rotated(2, 1, T1, DAY_AFTER_T1)),
    ).toEqual({
      ...{ webhook_id: ID, secret_version: 2, overlap_until: DAY_AFTER_T1, attempt_id: 'try' },
    });
  });

  it('should keep all that are still good, four at most', () => {
    const day = (n: number) => `2026-01-0${n}T00:00:00.000Z`;
    const events = [created(), rotated(2, 1, day(1), day(2)), rotated(3, 2, T1, DAY_AFTER_T1)];
    expect(stateAfter(...events)?.former_secrets).toEqual([
      { version: 2, until: DAY_AFTER_T1 },
      { version: 1, until: day(2) },
    ]);
    const later = stateAfter(...events, rotated(4, 3, day(3), day(4)));
    expect(later?.former_secrets).toEqual([{ version: 3, until: day(4) }]);
    const many = [2, 3, 4, 5, 6, 7].map((version) => rotated(version, version - 1, T1, DAY_AFTER_T1));
    expect(stateAfter(created(), ...many)?.former_secrets.map(({ version }) => version)).toEqual([6, 5, 4, 3]);
  });
});

describe('a webhook that is off', () => {
  it.each([
    ['by itself', [disabled], 70],
    ['by request', [changed({ enabled: false })], 50],
    ['from the beginning', [], 40],
  ])('should be taken up from where it was left: %s', (_, events, from) => {
    const before = events.length > 0 ? created() : created({ enabled: false });
    const enabled = (position: number | null): WebhookEvent => ({
      type: 'WebhookEnabled',
      data: { webhook_id: ID, from: position, at: T1 },
    });
    expect(
      given(before, ...events)
        .when(enable(true))
        .then(enabled(from)),
    ).toEqual({ webhook_id: ID, from });
    given(before, ...events)
      .when(enable(false))
      .then(enabled(null));
    expect(stateAfter(before, ...events, enabled(null))).toMatchObject({
      ...{ enabled: true, status: 'active', disabled_by: null, disabled_position: null, last_error: null },
    });
  });

  it('should stay as it is, and take no replay', () => {
    given(created(), disabled).when(disable()).then();
    given(created(), disabled).when(markFailing).then();
    given(created(), disabled).when(replay).thenRejected({ rejection: 'conflict', code: 'webhook_disabled' });
    expect(given(created()).when(enable(true)).then()).toEqual({ webhook_id: ID, from: null });
  });

  it('should be on again by a change, without what it missed', () => {
    given(created(), disabled)
      .when(change({ enabled: true }))
      .then(changed({ enabled: true }));
    expect(stateAfter(created(), disabled, changed({ enabled: true }))).toMatchObject({
      ...{ status: 'active', disabled_by: null, disabled_position: null },
    });
    // Changing something else leaves why it is off.
    expect(stateAfter(created(), disabled, changed({ enabled: false, events: ['*'] }))).toMatchObject({
      ...{ status: 'disabled', disabled_by: 'failures', disabled_position: 70 },
    });
  });
});

describe('a webhook that fails', () => {
  it('should say so once, and when it is well again', () => {
    given(created()).when(markFailing).then(failing);
    given(created(), failing).when(markFailing).then();
    given(created(), failing)
      .when(recover)
      .then({ type: 'WebhookRecovered', data: { webhook_id: ID, at: T1 } });
    given(created()).when(recover).then();
  });

  it('should be disabled, with why, cut to what an event holds', () => {
    given(created(), failing).when(disable()).then(disabled);
    const { decision } = given(created()).when(disable('gone', 'x'.repeat(9_000)));
    expect(decision).toMatchObject({ events: [{ data: { by: 'gone', error: 'x'.repeat(500) } }] });
  });

  it('should be replayed to under an id of its own', () => {
    const requested = { webhook_id: ID, replay_id: REPLAY, from: 0, to: 90, per_second: 50, at: T1 };
    expect(given(created()).when(replay).then({ type: 'WebhookReplayRequested', data: requested })).toEqual({
      ...{ webhook_id: ID, replay_id: REPLAY, from: 0, to: 90 },
    });
  });
});
