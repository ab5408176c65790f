import { inTransaction } from '@ao/event-log';
import { derivedId, newId, streamId } from '@ao/kernel';
import { startInbox, type InboxHarness } from './inbox.testing';
import { MOST_IN_A_MINUTE } from './minute-counts';

describe('what people are told', () => {
  let inbox: InboxHarness;
  beforeAll(async () => {
    inbox = await startInbox();
  });
  afterEach(() => inbox?.tidy());
  afterAll(() => inbox?.stop());

  describe('a notice', () => {
    it('should reach the people it names and everybody of its roles who is active, each once', async () => {
      const [viewer, approver, disabled, erased, named] = [
        ...[
          await inbox.person('viewer'),
          await inbox.person('approver'),
          await inbox.person('viewer'),
          await inbox.person('viewer'),
        ],
        await inbox.person('auditor'),
      ];
      await inbox.ofUser(disabled!, 'UserDisabled');
      await inbox.ofUser(erased!, 'UserErased');
      await inbox.followed();
      const recipients = {
        users: [named!, viewer!, disabled!, erased!, newId()],
        roles: ['viewer', 'approver'] as const,
      };
      await inbox.one.tell(inbox.notice({ recipients: { ...recipients, roles: [...recipients.roles] } }));
      const told = await inbox.toldTo(viewer!, approver!, disabled!, erased!, named!);
      expect(told.map(({ user_id }) => user_id).sort()).toEqual([viewer, approver, named].sort());
    });

    it('should be handed on once, however often and by whomever its timer fires', async () => {
      const people = await Promise.all(Array.from({ length: 130 }, () => inbox.person('viewer')));
      const mailed = await inbox.person('viewer', { mail: true });
      await inbox.followed();
      const channel = newId();
      const said = inbox.notice({
        recipients: { users: people.slice(0, 100), roles: ['viewer'] },
        channels: [channel, channel],
      });
      await Promise.all([inbox.one.tell(said), inbox.two.tell(said), inbox.one.tell(said)]);
      await inbox.two.tell(said);
      expect(await inbox.toldTo(...people, mailed)).toHaveLength(131);
      expect(await inbox.sent(channel)).toMatchObject([
        { delivery_id: derivedId('delivery', channel, said.notice_id) },
      ]);
      expect(await inbox.sent(mailed)).toMatchObject([{ event: 'task.failed', message: { subject: 'A task failed' } }]);
      // Another notice is another matter, or this would prove nothing.
      await inbox.one.tell({ ...said, notice_id: newId() });
      expect(await inbox.toldTo(...people, mailed)).toHaveLength(262);
      expect([await inbox.sent(channel), await inbox.sent(mailed)].map(({ length }) => length)).toEqual([2, 2]);
    });

    it.each(['deliveries', 'commit'])('should go on where a process ended at: %s', async (place) => {
      const user = await inbox.person('viewer', { mail: true });
      await inbox.followed();
      const channel = newId();
      for (const said of [inbox.notice({ ...inbox.to(user), channels: [channel] }), inbox.notice(inbox.to(user))]) {
        inbox.faults.crash = place;
        await expect(inbox.one.tell(said)).rejects.toThrow('crashed');
        delete inbox.faults.crash;
        await inbox.two.tell(said);
        await inbox.one.tell(said);
      }
      expect(await inbox.toldTo(user)).toHaveLength(2);
      expect([await inbox.sent(channel), await inbox.sent(user)].map(({ length }) => length)).toEqual([1, 2]);
    });

    it('should wait until it is known who the people were at its event', async () => {
      const user = await inbox.person('viewer');
      await inbox.followed();
      const saidNow = async () => inbox.notice({ ...inbox.to(user), position: await inbox.log.head() });
      let late = await saidNow();
      await inbox.handOver(async () => {
        await inbox.failedTask();
        // Nothing of people lies between.
        await inbox.one.tell(await saidNow());
        expect(await inbox.toldTo(user)).toHaveLength(1);
        await inbox.prefer(user, { mail: true });
        late = await saidNow();
        const timer = { timer_id: `notice-${late.notice_id}`, due_at: inbox.at(), kind: 'notice', payload: late };
        await inTransaction(inbox.pool, (transaction) => inbox.timers.schedule(transaction, [timer]));
        await inbox.one.tell(late);
        expect(await inbox.toldTo(user)).toHaveLength(1);
        const [left] = await inbox.timersOf('notice');
        expect(left!.due_at.getTime()).toBeGreaterThan(Date.parse(timer.due_at));
      });
      await inbox.followed();
      await inbox.one.tell(late);
      expect(await inbox.toldTo(user)).toHaveLength(2);
    });

    it('should be cut to what an event keeps', async () => {
      const user = await inbox.person('viewer');
      await inbox.followed();
      await inbox.one.tell(
        inbox.notice({ ...inbox.to(user), subject: `${'é\u0301\n'.repeat(400)}`, body: 'x\u0000'.repeat(9_000) }),
      );
      const [told] = (await inbox.toldTo(user)) as unknown as { subject: string; body: string }[];
      expect([told!.subject.length, told!.body.length]).toEqual([300, 8_000]);
      expect(told!.subject).not.toContain('\n');
    });
  });

  describe("a person's own preferences", () => {
    it('should count from where in the log they stand', async () => {
      const user = await inbox.person('viewer');
      await inbox.failedTask('before');
      await inbox.prefer(user, { events: ['*.failed'] });
      const position = await inbox.failedTask('between');
      await inbox.prefer(user, { events: [] });
      await inbox.failedTask('after');
      await inbox.followed();
      expect(await inbox.notices()).toMatchObject([
        {
          ...{ rule_id: null, event: 'task.failed', position, severity: 'warning', ...inbox.to(user) },
          subject: "Task 'between' failed: exit code 1",
        },
      ]);
    });

    it('should cost one notice per hundred people, and each person is told once', async () => {
      const people = await Promise.all(
        Array.from({ length: 230 }, () => inbox.person('viewer', { events: ['task.failed'] })),
      );
      await inbox.failedTask();
      await inbox.followed();
      const said = await inbox.notices();
      expect(said.map(({ recipients }) => recipients.users.length).sort((a, b) => b - a)).toEqual([100, 100, 30]);
      for (const each of said) await inbox.one.tell(each);
      // Told by somebody else as well: of the same event once is enough.
      await inbox.one.tell(
        inbox.notice({ rule_id: null, position: said[0]!.position, recipients: { users: [], roles: ['viewer'] } }),
      );
      const told = await inbox.toldTo(...people);
      expect(new Set(told.map(({ user_id }) => user_id)).size).toBe(230);
      expect(told).toHaveLength(230);
      for (const user of people) await inbox.ofUser(user, 'UserErased');
      await inbox.followed();
    });

    it('should tell of no more than is read in a minute, and of the rest how much it was', async () => {
      const [busy, calm] = [
        await inbox.person('viewer', { events: ['*'] }),
        await inbox.person('viewer', { events: ['*.failed'] }),
      ];
      const [before] = (await inbox.admin.query<{ now: Date }>('select clock_timestamp() as now')).rows;
      await Promise.all(Array.from({ length: 50 }, () => inbox.failedTask()));
      const alert = {
        alert_id: newId(),
        kind: 'service_unhealthy',
        source: 'tasks',
        severity: 'critical',
        at: inbox.at(),
      };
      const critical = await inbox.append(streamId('alert', alert.alert_id), 'AlertRaised', 1, {
        ...alert,
        message: 'down',
      });
      await inbox.followed();
      const mine = (user: string) => async () =>
        (await inbox.notices()).filter(({ recipients }) => recipients.users.includes(user));
      const told = await mine(busy)();
      const single = told.filter(({ event }) => event !== null && event !== 'system.alert');
      const rest = told.filter(({ event }) => event === null);
      const counted = rest.map(({ subject }) => Number(/^(\d+) more events$/.exec(subject)![1]));
      // A full minute may begin meanwhile, and then there are two of everything.
      const minutes = rest.length;
      expect([1, 2]).toContain(minutes);
      expect(single.length).toBeLessThanOrEqual(2 * MOST_IN_A_MINUTE);
      expect(single.length + counted.reduce((sum, count) => sum + count, 0)).toBe(100);
      expect(rest[0]!.body).toMatch(/\d+ × task\.(failed|created)/);
      expect(told.filter(({ position }) => position === critical)).toHaveLength(1);
      const due = (await inbox.timersOf('notice')).at(-1)!.due_at.getTime();
      expect(due).toBeGreaterThan(before!.now.getTime());

      await inbox.handOver();
      await inbox.failedTask();
      await inbox.followed();
      const later = await mine(busy)();
      const all = later.reduce((sum, { event, subject }) => sum + (event === null ? parseInt(subject, 10) : 1), 0);
      expect(all).toBe(103);
      expect((await mine(calm)()).length).toBeGreaterThanOrEqual(30);
      for (const user of [busy, calm]) await inbox.ofUser(user, 'UserErased');
      await inbox.followed();
    });

    it('should end with the person', async () => {
      const [disabled, erased] = [
        ...[await inbox.person('viewer', { events: ['*'], mail: true, digest: { mode: 'window', minutes: 5 } })],
        ...[await inbox.person('viewer', { events: ['*'], mail: true, digest: { mode: 'window', minutes: 5 } })],
      ];
      await inbox.followed();
      await inbox.one.tell(inbox.notice(inbox.to(disabled!, erased!)));
      await inbox.ofUser(disabled!, 'UserDisabled');
      await inbox.ofUser(erased!, 'UserErased');
      await inbox.failedTask();
      await inbox.followed();
      expect(await inbox.notices()).toEqual([]);
      const { rows } = await inbox.admin.query('select user_id from notifications.mails where user_id = $1', [erased]);
      expect(rows).toEqual([]);
      await inbox.sendWaiting(disabled!);
      await inbox.sendWaiting(erased!);
      expect([await inbox.sent(disabled!), await inbox.sent(erased!)]).toEqual([[], []]);
    });
  });
});
