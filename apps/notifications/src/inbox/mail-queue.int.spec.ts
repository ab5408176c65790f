import { inboxEvents, notificationEvents } from '@ao/contracts';
import { isoTime, streamId } from '@ao/kernel';
import { eventually } from '@ao/testing';
import { createTimers } from '@ao/timers';
import { startInbox, type InboxHarness } from './inbox.testing';

const HOUR_MS = 3_600_000;

describe('what is mailed to people', () => {
  let inbox: InboxHarness;
  beforeAll(async () => {
    inbox = await startInbox();
  });
  afterEach(() => inbox?.tidy());
  afterAll(() => inbox?.stop());

  it('should be gathered in a window that the first opens, but for what is critical', async () => {
    const user = await inbox.person('viewer', { mail: true, digest: { mode: 'window', minutes: 30 } });
    await inbox.followed();
    const [first, second, third] = ['first', 'second', 'third'].map((subject) =>
      inbox.notice({ ...inbox.to(user), subject }),
    );
    const begun = inbox.log.clock.now();
    for (const each of [first!, second!]) await inbox.one.tell(each);
    const [timer] = await inbox.timersOf('send_digest');
    const due = timer!.due_at.getTime();
    expect(due - begun).toBeGreaterThanOrEqual(1_800_000);
    expect(due - begun).toBeLessThan(1_860_000);
    await inbox.two.tell(third!);
    expect((await inbox.timersOf('send_digest')).map(({ due_at }) => due_at.getTime())).toEqual([due]);
    await inbox.one.tell(inbox.notice({ ...inbox.to(user), severity: 'critical', subject: 'fire' }));
    expect((await inbox.sent(user)).map(({ message }) => message.subject)).toEqual(['fire']);

    await inbox.sendWaiting(user, due);
    const [, digest] = await inbox.sent(user);
    expect(digest).toMatchObject({ event: 'digest', message: { subject: '3 notifications' } });
    for (const subject of ['first', 'second', 'third']) expect(digest!.message.body).toContain(subject);
    expect(digest!.message.body).not.toContain('fire');

    // Whatever comes late or twice finds that it was sent.
    await Promise.all([
      inbox.one.tell(first!),
      inbox.two.tell(third!),
      inbox.sendWaiting(user, due),
      inbox.sendWaiting(user, due, inbox.two),
    ]);
    expect(await inbox.sent(user)).toHaveLength(2);
  });

  it('should not be mailed when it was read meanwhile, by itself or with all others', async () => {
    const user = await inbox.person('viewer', { mail: true, digest: { mode: 'window', minutes: 30 } });
    await inbox.followed();
    const tell = (subject: string) => inbox.one.tell(inbox.notice({ ...inbox.to(user), subject }));
    const read = (id: string) =>
      inbox.append(
        streamId('notification', id),
        'NotificationRead',
        notificationEvents.NotificationRead.schemaVersion,
        {
          ...{ notification_id: id, user_id: user, at: inbox.at() },
        },
      );
    for (const subject of ['first', 'second', 'third']) await tell(subject);
    const until = await inbox.log.head();
    await tell('fourth');
    await tell('fifth');
    const told = await inbox.toldTo(user);
    await read(told.find(({ subject }) => subject === 'fourth')!.notification_id);
    await inbox.append(streamId('inbox', user), 'InboxRead', inboxEvents.InboxRead.schemaVersion, {
      ...{ user_id: user, until, at: inbox.at() },
    });
    await inbox.sendWaiting(user);
    expect((await inbox.sent(user)).map(({ message }) => message.subject)).toEqual(['fifth']);

    await tell('sixth');
    await read((await inbox.toldTo(user)).at(-1)!.notification_id);
    await inbox.sendWaiting(user);
    expect(await inbox.sent(user)).toHaveLength(1);
  });

  it('should wait for the end of quiet hours, those that begin meanwhile too', async () => {
    const now = inbox.log.clock.now();
    const time = (milliseconds: number) => isoTime(milliseconds).slice(11, 16);
    const quiet = (from: number, to_: number) => ({
      ...{ mail: true, quiet_hours: { from: time(from), to: time(to_), zone: 'UTC' } },
    });
    const user = await inbox.person('viewer', quiet(now - HOUR_MS, now + HOUR_MS));
    await inbox.followed();
    await inbox.one.tell(inbox.notice({ ...inbox.to(user), subject: 'first' }));
    expect(await inbox.sent(user)).toEqual([]);
    const end = Math.floor((now + HOUR_MS) / 60_000) * 60_000;
    expect((await inbox.timersOf('send_digest')).map(({ due_at }) => due_at.getTime())).toEqual([end]);

    await inbox.prefer(user, quiet(now - HOUR_MS, now + 2 * HOUR_MS));
    await inbox.followed();
    const later = end + HOUR_MS;
    expect((await inbox.timersOf('send_digest')).map(({ due_at }) => due_at.getTime())).toEqual([later]);
    await inbox.sendWaiting(user, end);
    expect(await inbox.sent(user)).toEqual([]);
    await inbox.sendWaiting(user, later - 1);
    expect(await inbox.sent(user)).toEqual([]);
    expect((await inbox.timersOf('send_digest')).map(({ due_at }) => due_at.getTime())).toEqual([later]);
    await inbox.sendWaiting(user, later);
    expect(await inbox.sent(user)).toMatchObject([{ event: 'task.failed', message: { subject: 'first' } }]);
  });

  it('should follow what the person says meanwhile', async () => {
    const daily = { mail: true, digest: { mode: 'daily', at: '08:00', zone: 'UTC' } } as const;
    const [hasty, silent] = [await inbox.person('viewer', daily), await inbox.person('viewer', daily)];
    await inbox.followed();
    await inbox.one.tell(inbox.notice(inbox.to(hasty, silent)));
    expect(await inbox.timersOf('send_digest')).toHaveLength(2);
    await inbox.prefer(hasty, { mail: true });
    await inbox.prefer(silent, { mail: false });
    await inbox.followed();
    const due = (await inbox.timersOf('send_digest')).find(({ timer_id }) => timer_id === `mail-${hasty}`)!.due_at;
    expect(due.getTime()).toBeLessThanOrEqual(inbox.log.clock.now());
    await inbox.sendWaiting(hasty);
    await inbox.sendWaiting(silent);
    expect([await inbox.sent(hasty), await inbox.sent(silent)].map(({ length }) => length)).toEqual([1, 0]);
  });

  it('should be for those who want it, from the severity that they want', async () => {
    const [none, warned, all] = [
      ...[await inbox.person('viewer'), await inbox.person('viewer', { mail: true, mail_from: 'warning' })],
      await inbox.person('viewer', { mail: true }),
    ];
    await inbox.followed();
    await inbox.one.tell(inbox.notice(inbox.to(none!, warned!, all!)));
    await inbox.one.tell(inbox.notice({ ...inbox.to(none!, warned!, all!), severity: 'warning' }));
    const counts = await Promise.all([none!, warned!, all!].map(async (user) => (await inbox.sent(user)).length));
    expect(counts).toEqual([0, 1, 2]);
    expect(await inbox.toldTo(none!, warned!, all!)).toHaveLength(6);
  });

  /** Runs the first up to where it hands something to deliveries, then the second until it ends or waits for a lock. */
  async function crossed(first: () => Promise<void>, second: () => Promise<void>): Promise<void> {
    let goOn!: () => void;
    const go = new Promise<void>((resolve) => (goOn = resolve));
    const reached = new Promise<void>((resolve) => (inbox.faults.halt = { reached: resolve, goOn: go }));
    const begun = first();
    await reached;
    let ended = false;
    const other = second().finally(() => (ended = true));
    await eventually(async () => {
      const { rowCount } = await inbox.admin.query(
        `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      );
      expect(ended || rowCount !== 0).toBe(true);
    });
    goOn();
    await Promise.all([begun, other]);
  }

  it('should be sent once, though two send what waits at the same time', async () => {
    const user = await inbox.person('viewer', { mail: true, digest: { mode: 'window', minutes: 1 } });
    await inbox.followed();
    await inbox.one.tell(inbox.notice(inbox.to(user)));
    const due = inbox.log.clock.now() + 60_000;
    await crossed(
      () => inbox.sendWaiting(user, due, inbox.one),
      () => inbox.sendWaiting(user, due + 1, inbox.two),
    );
    expect(await inbox.sent(user)).toHaveLength(1);
  });

  it('should go with the digest that is made while it comes', async () => {
    const user = await inbox.person('viewer', { mail: true, digest: { mode: 'window', minutes: 1 } });
    await inbox.followed();
    await inbox.one.tell(inbox.notice({ ...inbox.to(user), subject: 'first' }));
    await crossed(
      () => inbox.one.tell(inbox.notice({ ...inbox.to(user), subject: 'second' })),
      () => inbox.sendWaiting(user, inbox.log.clock.now() + 60_000, inbox.two),
    );
    expect(await inbox.sent(user)).toMatchObject([{ message: { subject: '2 notifications' } }]);
  });

  it('should have a timer of its own revision, which the end of the firing before leaves alone', async () => {
    const user = await inbox.person('viewer', { mail: true, digest: { mode: 'daily', at: '08:00', zone: 'UTC' } });
    await inbox.followed();
    const timer = async () =>
      (
        await inbox.admin.query<{ due_at: Date; revision: string }>(
          'select due_at, xmin::text as revision from notifications.timers',
        )
      ).rows;
    await inbox.one.tell(inbox.notice(inbox.to(user)));
    const [before] = await timer();
    await inbox.one.tell(inbox.notice(inbox.to(user)));
    const [after] = await timer();
    expect(after!.due_at).toEqual(before!.due_at);
    expect(after!.revision).not.toBe(before!.revision);
  });

  it('should lose nothing and send nothing twice while what comes races what is sent', async () => {
    const user = await inbox.person('viewer', { mail: true, digest: { mode: 'window', minutes: 1 } });
    await inbox.followed();
    const said = Array.from({ length: 120 }, (_, index) =>
      inbox.notice({ ...inbox.to(user), subject: `subject ${index}.` }),
    );
    const due = inbox.log.clock.now() + 120_000;
    for (let start = 0; start < said.length; start += 20) {
      const part = said.slice(start, start + 20);
      await Promise.all(
        part.flatMap((each, index) => [
          (index % 2 === 0 ? inbox.one : inbox.two).tell(each),
          ...(index % 3 === 0
            ? [inbox.sendWaiting(user, due, index % 2 === 0 ? inbox.two : inbox.one), inbox.two.tell(each)]
            : []),
        ]),
      );
    }
    // What waits has a timer that is still to fire, whichever was worked off meanwhile.
    const { rows } = await inbox.admin.query(
      'select 1 from notifications.mails where user_id = $1 and delivery_id is null',
      [...[user]],
    );
    if (rows.length > 0) expect(await inbox.timersOf('send_digest')).toHaveLength(1);
    await inbox.sendWaiting(user, due);
    const bodies = (await inbox.sent(user)).map(({ message }) => `${message.subject}\n${message.body}`);
    const times = said.map(({ subject }) => bodies.filter((body) => body.includes(subject)).length);
    expect(times).toEqual(said.map(() => 1));
    expect(bodies.length).toBeGreaterThan(1);
  });

  it('should all be sent by its timers, whenever these fire', async () => {
    const user = await inbox.person('viewer', { mail: true, digest: { mode: 'window', minutes: 1 } });
    await inbox.followed();
    const firing = createTimers({ pool: inbox.pool, schema: 'notifications', pollIntervalMs: 5 });
    firing.start((timer) => inbox.one.mail.sendWaiting(timer));
    try {
      const said = Array.from({ length: 60 }, (_, index) =>
        inbox.notice({ ...inbox.to(user), subject: `subject ${index}.` }),
      );
      for (const [index, each] of said.entries()) {
        const told = (index % 2 === 0 ? inbox.one : inbox.two).tell(each);
        if (index % 4 === 3) await inbox.admin.query('update notifications.timers set due_at = clock_timestamp()');
        await told;
      }
      await eventually(async () => {
        await inbox.admin.query('update notifications.timers set due_at = clock_timestamp()');
        const bodies = (await inbox.sent(user)).map(({ message }) => `${message.subject}\n${message.body}`);
        expect(said.map(({ subject }) => bodies.filter((body) => body.includes(subject)).length)).toEqual(
          said.map(() => 1),
        );
      });
    } finally {
      await firing.stop();
    }
    expect((await inbox.sent(user)).length).toBeGreaterThan(1);
  });
});
