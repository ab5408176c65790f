import { newId } from '@ao/kernel';
import { foldSubjects } from './alert.subscription';
import type { StoredSubject } from './alert.store';
import { recorded } from './alert.testing';
import { noticeToAdmins } from './notice-to-admins';

const secret_id = newId();
const stream = `secret-${secret_id}`;
const at = '2026-01-01T00:00:00.000Z';
const now = Date.parse(at);
const DAY = 86_400_000;
const day = (number: number) => new Date(now + number * DAY).toISOString();

const created = (expires_at: string | null) =>
  recorded(
    stream,
    'SecretCreated',
    { secret_id, name: 'smtp', category: 'password', description: '', value: 's1.x.y', expires_at, created_at: at },
    at,
  );
const rotated = (expires_at: string | null, when: string) =>
  recorded(stream, 'SecretRotated', { secret_id, version: 2, value: 's1.x.z', expires_at, at: when }, when);
const known = (subjects: readonly StoredSubject[]) => new Map(subjects.map((subject) => [subject.subject, subject]));
const timer = (due_at: string) => ({
  timer_id: `alert-${stream}`,
  due_at,
  kind: 'alert-look',
  payload: { subject: stream },
});

describe('what happens to the things that alerts are about', () => {
  it('should arrange a look at the first time at which there is something to say, and keep no value', () => {
    const effect = foldSubjects([created(day(90))], new Map(), now);
    expect(effect).toMatchObject({ schedule: [timer(day(76))], cancel: [], gone: [] });
    expect(JSON.stringify(effect.kept)).not.toContain('s1.x');
  });

  it('should arrange nothing for what does not expire, or changes nothing', () => {
    const none = foldSubjects([created(null)], new Map(), now);
    expect([none.schedule, none.cancel, none.kept.length]).toEqual([[], [], 1]);
    const first = foldSubjects([created(day(90))], new Map(), now);
    const revealed = recorded(stream, 'SecretRevealed', { secret_id, version: 1, at: day(1) }, day(1));
    const second = foldSubjects([revealed], known(first.kept), now + DAY);
    expect([second.schedule, second.cancel]).toEqual([[], []]);
  });

  it('should look at once at what was or is to be said now, and let the old timer go where there is nothing to come', () => {
    const first = foldSubjects([created(day(90))], new Map(), now);
    const late = foldSubjects([rotated(day(200), day(80))], known(first.kept), now + 80 * DAY);
    expect(late.schedule).toEqual([timer(day(80))]);
    const early = foldSubjects([rotated(null, day(2))], known(first.kept), now + 2 * DAY);
    expect([early.schedule, early.cancel]).toEqual([[], [`alert-${stream}`]]);
    const deleted = recorded(stream, 'SecretDeleted', { secret_id, at: day(80) }, day(80));
    const gone = foldSubjects([deleted], known(first.kept), now + 80 * DAY);
    expect([gone.gone, gone.schedule]).toEqual([[stream], [timer(day(80))]]);
  });

  it('should look at what has become over by itself, when the look that would have said so is taken away', () => {
    const [budget_id, month, early] = [newId(), '2026-01', day(3)];
    const terms = { scope: { kind: 'installation' }, monthly_limit_micros: 100, currency: 'EUR', thresholds: [] };
    const ofBudget = (type: string, data: object, when: string) =>
      recorded(`budget-${budget_id}`, type, { budget_id, ...data, at: when }, when);
    const reached = { month, percent: 50, action: 'warn', spent_micros: 50, monthly_limit_micros: 100 };
    const events = [ofBudget('BudgetSet', terms, early), ofBudget('BudgetThresholdReached', reached, early)];
    const first = foldSubjects(events, new Map(), now + 3 * DAY);
    expect(first.schedule).toMatchObject([{ due_at: early }]);
    const raised = ofBudget('BudgetSet', { ...terms, monthly_limit_micros: 1_000 }, day(40));
    const second = foldSubjects([raised], known(first.kept), now + 40 * DAY);
    expect([second.schedule.map(({ due_at }) => due_at), second.cancel]).toEqual([[day(40)], []]);
  });

  it('should take a log that is caught up with for what it has become', () => {
    const effect = foldSubjects([created(day(10)), rotated(day(900), day(9))], new Map(), now + 400 * DAY);
    expect(effect.schedule).toEqual([timer(day(886))]);
  });
});

describe('admins', () => {
  const raised = (severity: string) =>
    recorded(
      `alert-${newId()}`,
      'AlertRaised',
      { alert_id: newId(), kind: 'events_parked', source: 'tasks/x', severity, message: 'Look.', details: {}, at },
      at,
    ) as never;

  it('should be told of what is a warning or worse, once each', () => {
    expect(noticeToAdmins(raised('info'))).toBeUndefined();
    const event = raised('critical');
    const notice = noticeToAdmins(event);
    expect(notice).toMatchObject({
      kind: 'notice',
      payload: {
        ...{
          rule_id: null,
          severity: 'critical',
          event: 'system.alert',
          subject: 'Critical: events parked',
          body: 'Look.',
        },
        ...{ recipients: { users: [], roles: ['admin'] }, channels: [] },
      },
    });
    expect(noticeToAdmins(event)).toEqual(notice);
    expect(noticeToAdmins(raised('warning'))?.timer_id).not.toBe(notice?.timer_id);
  });
});
