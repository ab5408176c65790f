import {
  DEFAULT_PREFERENCES,
  PUBLIC_EVENT_NAMES,
  allEvents,
  publicEventOf,
  publicNameOf,
  type PersonRole,
  type PublicEvent,
} from '@ao/contracts';
import type { RecordedEvent } from '@ao/event-log';
import { clipped, clippedLine } from './clipped';
import { MOST_LISTED, digestOf, type WaitingMail } from './digest';
import { Listeners } from './listeners';
import { evolvePerson, type Person } from './person';
import { personalNotice } from './personal-notice';

const user_id = '01890a5d-ac96-774b-bcce-b302099a8057';
const id = '01890a5d-ac96-774b-bcce-b302099a8059';

const person = (events: readonly string[], changes: Partial<Person> = {}): Person => ({
  ...{
    user_id,
    role: 'viewer',
    active: true,
    email: 's1.user',
    preferences: { ...DEFAULT_PREFERENCES, events: [...events] },
  },
  ...changes,
});
const heard = (one: Person) => {
  const listeners = new Listeners([one]);
  return PUBLIC_EVENT_NAMES.filter((name) => listeners.of(name).has(user_id));
};

describe('who is told by the preferences', () => {
  it('should be whom a pattern covers, and of notifications nobody', () => {
    expect(heard(person(['task.failed']))).toEqual(['task.failed']);
    expect(heard(person(['*.offline', 'task.*']))).toEqual([
      ...['worker.offline', 'task.created', 'task.updated', 'task.completed', 'task.failed'],
    ]);
    expect(heard(person(['*']))).toEqual(PUBLIC_EVENT_NAMES.filter((name) => name !== 'notification'));
    expect(heard(person(['notification', 'task.failed']))).toEqual(['task.failed']);
  });

  it('should be nobody who is disabled, unknown, or of a role that may not see it', () => {
    expect(heard(person(['*'], { active: false }))).toEqual([]);
    expect(heard(person(['*'], { role: null }))).toEqual([]);
    expect(heard(person(['*'], { preferences: null }))).toEqual([]);
    // No role of a person lacks anything public today; an agent's does.
    expect(heard(person(['*'], { role: 'agent' as PersonRole }))).not.toContain('system.alert');
    expect(heard(person(['task.*'], { role: 'agent' as PersonRole }))).toContain('task.failed');
  });

  it('should change with the person', () => {
    const listeners = new Listeners([person(['task.failed'])]);
    listeners.set(user_id, person(['task.completed']));
    expect([listeners.of('task.failed').size, listeners.of('task.completed').size]).toEqual([0, 1]);
    listeners.set(user_id, undefined);
    expect(listeners.of('task.completed').size).toBe(0);
  });

  it('should be found without looking at those who asked for something else', () => {
    const people = Array.from({ length: 1_000 }, (_, index) => ({
      ...person([index === 0 ? 'worker.offline' : 'task.*']),
      user_id: `user ${index}`,
    }));
    expect([...new Listeners(people).of('worker.offline')]).toEqual(['user 0']);
  });
});

describe('a person', () => {
  const event = (category: string, type: string, data: object) =>
    ({ category, type, data: { user_id, at: '2026-01-01T00:00:00.000Z', ...data } }) as unknown as RecordedEvent;
  const after = (...events: RecordedEvent[]) =>
    events.reduce<Person | undefined>((one, each) => evolvePerson(user_id, one, each), undefined);
  const registered = event('user', 'UserRegistered', { role: 'viewer', email: 's1.user.x', full_name: 's1.user.y' });

  it('should be what the events of users and preferences say, and nothing more', () => {
    const prefers = { ...DEFAULT_PREFERENCES, mail: true };
    expect(
      after(
        registered,
        event('user', 'UserRoleChanged', { role: 'admin' }),
        event('preferences', 'PreferencesSet', prefers),
      ),
    ).toEqual({ user_id, role: 'admin', active: true, email: 's1.user.x', preferences: prefers });
    expect(after(registered, event('user', 'UserDisabled', {}))).toMatchObject({ active: false });
    expect(after(registered, event('user', 'UserDisabled', {}), event('user', 'UserEnabled', {}))).toEqual(
      after(registered),
    );
    expect(after(registered, event('user', 'UserErased', {}))).toBeUndefined();
    const one = after(registered);
    expect(evolvePerson(user_id, one, event('user', 'TotpCodeUsed', { step: 1 }))).toBe(one);
  });
});

describe('what a person reads', () => {
  const told = (category: string, type: string, data: object, name?: string) => {
    const shown = publicEventOf({
      ...{ position: 12, stream_id: `${category}-${id}`, category, type, data },
      recorded_at: '2026-01-01T00:00:00.000000Z',
    }) as PublicEvent;
    return personalNotice(shown, name);
  };

  it('should say what happened to what, and why', () => {
    const failed = told('task', 'TaskDeadLettered', { failure: { message: 'exit code 1' } }, 'deploy');
    expect(failed).toMatchObject({ severity: 'warning', subject: "Task 'deploy' failed for good: exit code 1" });
    expect(failed.body).toBe(`Event: task.failed, position 12, 2026-01-01T00:00:00.000000Z\nId: ${id}`);
    const message = `exit code 1\n${'x'.repeat(300)}`;
    expect(told('task', 'TaskFailed', { failure: { message } }).body).toMatch(
      new RegExp(`^Task '${id}' failed: ${message}\n\nEvent: `),
    );
    expect(told('task', 'TaskCompleted', { result: { password: 'x' } }, 'deploy')).toMatchObject({
      ...{ severity: 'info', subject: "Task 'deploy' completed" },
      body: expect.not.stringContaining('password') as string,
    });
    expect(told('worker', 'WorkerWentOffline', {}).subject).toBe(`Worker '${id}' is offline`);
    const run = { run_id: id, failure: { class: 'oom', message: 'no memory', node: 'extract' } };
    expect(told('run', 'RunFailed', run, 'nightly report')).toMatchObject({
      ...{ severity: 'warning', subject: "Workflow 'nightly report' failed: no memory" },
    });
    expect(told('run', 'StepFailed', { ...run, node: 'extract' }, 'nightly report').subject).toBe(
      "Workflow 'nightly report': step 'extract' failed: no memory",
    );
    expect(told('run', 'RunCompleted', { run_id: id, output: 'x' }, 'nightly report')).toMatchObject({
      ...{ severity: 'info', subject: "Workflow 'nightly report' completed" },
    });
    expect(told('run', 'RunPaused', { run_id: id, reason: 'at night' }, 'r').subject).toBe(
      "Workflow 'r' is paused: at night",
    );
    const alert = { kind: 'service_unhealthy', message: 'tasks does not answer', severity: 'critical' };
    expect(told('alert', 'AlertRaised', alert)).toMatchObject({
      ...{ severity: 'critical', subject: 'Alert: tasks does not answer' },
    });
    expect(told('alert', 'AlertCleared', alert)).toMatchObject({
      severity: 'info',
      subject: 'Over: tasks does not answer',
    });
  });

  it('should have words of its own for every event of the log that is told', () => {
    for (const { category, type } of Object.values(allEvents)) {
      const isTold = publicNameOf(category, type) !== undefined && category !== 'notification';
      if (isTold)
        expect([type, told(category, type, { user_id }).subject]).not.toEqual([type, expect.stringContaining(type)]);
    }
  });

  it('should be cut so that it can be kept', () => {
    expect(clipped('a'.repeat(10), 10)).toHaveLength(10);
    expect(clipped('a'.repeat(11), 10)).toBe(`${'a'.repeat(9)}…`);
    expect(clipped('12345678😀0', 10)).toBe('12345678…');
    expect(clipped('a\u0000b\ud800', 10)).toBe('ab\ufffd');
    expect(clippedLine(' one\r\nBcc: two\u0007 ', 300)).toBe('one Bcc: two');
  });
});

describe('a digest', () => {
  const mail = (index: number, changes: Partial<WaitingMail> = {}): WaitingMail => ({
    ...{ notification_id: id, severity: 'info', event: 'task.failed', position: index, subject: `subject ${index}` },
    ...{ body: `subject ${index}\n\nbody ${index}`, created_at: '2026-01-01T08:00:00.000Z', ...changes },
  });

  it('should be the message itself where there is one', () => {
    expect(digestOf([mail(1)])).toEqual({ severity: 'info', subject: 'subject 1', body: 'subject 1\n\nbody 1' });
  });

  it('should list each once, with the severity of the worst', () => {
    const { severity, subject, body } = digestOf([mail(1), mail(2, { severity: 'warning' }), mail(3)]);
    expect([severity, subject]).toEqual(['warning', '3 notifications']);
    expect(body.split('\n')).toEqual([
      ...['2026-01-01 08:00 UTC, info: subject 1', '  body 1', ''],
      ...['2026-01-01 08:00 UTC, warning: subject 2', '  body 2', ''],
      ...['2026-01-01 08:00 UTC, info: subject 3', '  body 3'],
    ]);
  });

  it('should count what it does not list, and stay of a size that travels', () => {
    const mails = Array.from({ length: 3_000 }, (_, index) => mail(index, { body: 'x'.repeat(8_000) }));
    const { subject, body } = digestOf(mails);
    expect(subject).toBe('3000 notifications');
    expect(body).toContain(`… and ${3_000 - MOST_LISTED} more`);
    expect(body.length).toBeLessThan(150_000);
  });
});
