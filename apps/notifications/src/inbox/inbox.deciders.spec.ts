import { DEFAULT_PREFERENCES, evolveInbox, readAt, type InboxDocument, type NotificationDocument } from '@ao/contracts';
import { deciderSpec, testCommand } from '@ao/kernel/testing';
import { inboxDecider } from './inbox.decider';
import { notificationDecider } from './notification.decider';
import { preferencesDecider } from './preferences.decider';

const user_id = '01890a5d-ac96-774b-bcce-b302099a8057';
const other = '01890a5d-ac96-774b-bcce-b302099a8058';
const notification_id = '01890a5d-ac96-774b-bcce-b302099a8059';
const at = '2026-01-01T00:00:00.000Z';

describe('a notification', () => {
  const { given } = deciderSpec(notificationDecider);
  const message = {
    ...{ notification_id, user_id, rule_id: null, severity: 'info' as const, event: 'task.failed', position: 7 },
    ...{ subject: 'Task failed', body: 'It did.' },
  };
  const created = { type: 'NotificationCreated' as const, data: { ...message, created_at: at } };
  const read = { type: 'NotificationRead' as const, data: { notification_id, user_id, at } };

  it('should be created once, whatever comes again', () => {
    const create = testCommand('CreateNotification', message);
    expect(given().when(create).then(created)).toEqual({ notification_id });
    expect(given(created).when(create).then()).toEqual({ notification_id });
  });

  it('should be read once, at its first time', () => {
    const command = testCommand('ReadNotification', { notification_id, user_id });
    expect(given(created).when(command).then(read)).toEqual({ notification_id, read_at: at });
    const later = testCommand('ReadNotification', { notification_id, user_id }, { time: '2026-01-02T00:00:00.000Z' });
    expect(given(created, read).when(later).then()).toEqual({ notification_id, read_at: at });
  });

  it("rejects another person's, and one that there is none of, in the same words", () => {
    const command = testCommand('ReadNotification', { notification_id, user_id: other });
    const there = given(created).when(command);
    there.thenRejected({ rejection: 'not_found', code: 'notification_not_found' });
    expect(given().when(command).decision).toEqual(there.decision);
  });
});

describe('an inbox', () => {
  const { given } = deciderSpec(inboxDecider);
  const readUntil = (until: number) => ({ type: 'InboxRead' as const, data: { user_id, until, at } });
  const command = (until: number) => testCommand('ReadInbox', { user_id, until });

  it('should be read up to a position, and never less far than before', () => {
    expect(given().when(command(0)).then()).toEqual({ user_id, until: 0 });
    expect(given().when(command(12)).then(readUntil(12))).toEqual({ user_id, until: 12 });
    expect(given(readUntil(12)).when(command(12)).then()).toEqual({ user_id, until: 12 });
    expect(given(readUntil(12)).when(command(7)).then()).toEqual({ user_id, until: 12 });
    given(readUntil(12)).when(command(13)).then(readUntil(13));
  });
});

describe('when a notification was read', () => {
  const inbox = (...reads: { until: number; at: string }[]) =>
    reads.reduce<InboxDocument | undefined>(
      (before, data) => evolveInbox(before, { type: 'InboxRead', data: { user_id, ...data } }),
      undefined,
    );
  const notification = (read_at: string | null) => ({ at: 12, read_at }) as NotificationDocument;
  const [monday, tuesday, friday] = ['2026-01-05', '2026-01-06', '2026-01-09'].map((day) => `${day}T08:00:00.000Z`);

  it('should be the first time, by itself or with the others, and stay that', () => {
    expect(readAt(notification(null), undefined)).toBeNull();
    expect(readAt(notification(null), inbox({ until: 11, at: monday! }))).toBeNull();
    const all = inbox({ until: 11, at: monday! }, { until: 12, at: tuesday! }, { until: 20, at: friday! });
    expect(readAt(notification(null), all)).toBe(tuesday);
    expect(readAt(notification(friday!), all)).toBe(tuesday);
    expect(readAt(notification(monday!), all)).toBe(monday);
  });

  it('should be kept of the newest fifty times', () => {
    const reads = Array.from({ length: 60 }, (_, index) => ({ until: 100 + index, at: monday! }));
    expect(inbox(...reads)?.reads).toEqual(reads.slice(10));
  });
});

describe('preferences', () => {
  const { given } = deciderSpec(preferencesDecider);
  const set = (preferences: object) => ({
    type: 'PreferencesSet' as const,
    data: { ...DEFAULT_PREFERENCES, ...preferences, user_id, at },
  });
  const command = (changes: object) => testCommand('SetPreferences', { user_id, ...changes });

  it('should keep what is not named', () => {
    const quiet_hours = { from: '22:00', to: '07:00', zone: 'Europe/Berlin' };
    const answer = given(set({ mail: true, events: ['task.*'] }))
      .when(command({ quiet_hours, mail: undefined }))
      .then(set({ mail: true, events: ['task.*'], quiet_hours }));
    expect(answer).toEqual({
      ...DEFAULT_PREFERENCES,
      mail: true,
      events: ['task.*'],
      quiet_hours,
      user_id,
      updated_at: at,
    });
    given(set({ quiet_hours }))
      .when(command({ quiet_hours: null }))
      .then(set({}));
  });

  it('should say nothing twice, and the defaults when asked for', () => {
    given(set({ mail: true }))
      .when(command({ mail: true }))
      .then();
    given(set({ mail: true }))
      .when(command({}))
      .then();
    given().when(command({})).then(set({}));
  });
});
