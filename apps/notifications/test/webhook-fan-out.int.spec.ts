import { inTransaction } from '@ao/event-log';
import { webhookEvents } from '@ao/contracts';
import { newId } from '@ao/kernel';
import { append, eventually, testDatabase, type TestDatabase } from '@ao/testing';
import type { Pool } from 'pg';
import { filterErrorsOf } from '../src/fan-out/webhook-table';
import { webhookDeliveriesSubscription } from '../src/fan-out/webhook-deliveries.subscription';
import { deliveryId, startReplica, type Replica } from './fan-out.testing';
import { saying, startReceiver, type Receiver } from './receiver.testing';

/** Which events become deliveries, and what becomes of a webhook because of them. */
describe('the fan-out to webhooks', () => {
  let database: TestDatabase;
  let admin: Pool;
  let mine: Replica;
  const receivers: Receiver[] = [];

  beforeEach(async () => {
    database = await testDatabase();
    admin = database.pool('admin');
    mine = await startReplica({ databaseUrl: database.urlFor('notifications') });
  });
  afterEach(async () => {
    await mine.stop();
    await Promise.all(receivers.splice(0).map((receiver) => receiver.stop()));
    await database.drop();
  });

  async function receiver(...answering: Parameters<typeof startReceiver>): Promise<Receiver> {
    const started = await startReceiver(...answering);
    receivers.push(started);
    return started;
  }
  const ascending = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b);
  const told = async (webhookId: string) => {
    const { rows } = await admin.query<{ type: keyof typeof webhookEvents; data: Record<string, unknown> }>(
      'select type, data from event_log.events where stream_id = $1 order by version',
      [`webhook-${webhookId}`],
    );
    return rows;
  };
  const typesOf = async (webhookId: string) => (await told(webhookId)).map(({ type }) => type);
  const statesOf = async (webhookId: string) => {
    const { rows } = await admin.query<{ state: string; count: number }>(
      'select state, count(*)::int as count from notifications.deliveries where target_id = $1 group by state',
      [webhookId],
    );
    return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
  };
  /** As if everything so far had happened that long ago. */
  const age = (hours: number) =>
    admin.query(`update notifications.targets set failing_since = failing_since - $1 * interval '1 hour'`, [hours]);
  const enable = (webhook_id: string, backfill: boolean) =>
    mine.run(webhook_id, { type: 'EnableWebhook', data: { webhook_id, backfill } });

  it('should add what the patterns and the filter cover, and nothing else', async () => {
    const hook = await receiver();
    const one = newId();
    const all = await mine.webhook({ url: hook.url, events: ['agent.*'] });
    const some = await mine.webhook({ url: hook.url, events: ['*'], filter: `event.subject.id == '${one}'` });
    const none = await mine.webhook({ url: hook.url, events: ['task.*'] });
    const wrong = await mine.webhook({ url: hook.url, events: ['*'], filter: 'event.data.missing > 3' });
    const off = await mine.webhook({ url: hook.url, enabled: false });
    const its = await mine.happen(2, one);
    const others = await mine.happen(3);
    await eventually(async () => expect(await statesOf(all)).toEqual({ delivered: 5 }));
    await eventually(async () => expect(await statesOf(some)).toEqual({ delivered: 2 }));
    for (const id of [none, wrong, off]) expect(await statesOf(id)).toEqual({});
    const ids = new Set(hook.received.map(({ id }) => id));
    expect(ids).toEqual(
      new Set([...[...its, ...others].map((p) => deliveryId(all, p)), ...its.map((p) => deliveryId(some, p))]),
    );
    expect(await mine.metrics.metrics()).toMatch(/ao_webhook_filter_failures_total 5/);
  });

  it('should count what a filter cannot be worked out for, in a replay too, until there is another filter', async () => {
    const hook = await receiver();
    const errorsOf = async (id: string) => await filterErrorsOf(mine.pool, id);
    const wrong = await mine.webhook({ url: hook.url, filter: 'event.data.missing > 3' });
    const right = await mine.webhook({ url: hook.url, filter: 'event.position > 0' });
    const positions = await mine.happen(3);
    await mine.caughtUp();
    const last_filter_error = expect.stringContaining('missing') as unknown;
    expect(await errorsOf(wrong)).toEqual({ filter_errors: 3, last_filter_error });
    expect(await errorsOf(right)).toEqual({ filter_errors: 0, last_filter_error: null });
    const range = { from: positions[0]!, to: positions[2]!, per_second: 500 };
    await mine.run(wrong, { type: 'ReplayWebhook', data: { webhook_id: wrong, ...range } });
    await eventually(async () => expect(await errorsOf(wrong)).toEqual({ filter_errors: 5, last_filter_error }));
    const change = (terms: object) =>
      mine.run(wrong, { type: 'ChangeWebhook', data: { webhook_id: wrong, position: 0, ...terms } });
    await change({ description: 'the same filter' });
    await mine.caughtUp();
    expect(await errorsOf(wrong)).toMatchObject({ filter_errors: 5 });
    await change({ filter: 'event.position > 0' });
    await mine.happen();
    await mine.caughtUp();
    expect(await errorsOf(wrong)).toEqual({ filter_errors: 0, last_filter_error: null });
  });

  it('should know of webhooks that came while another replica was the active one', async () => {
    const { deliveries } = mine;
    const other = webhookDeliveriesSubscription({
      deliveries,
      targets: deliveries.targets,
      filterFailed: () => undefined,
    });
    const handle = async (position: number) => {
      const events = await mine.log.read({ after: position - 1, upTo: position });
      await inTransaction(mine.pool, (client) => other.handle(events, client));
      other.committed?.(position, events);
    };
    const count = async () => (await admin.query('select 1 from notifications.deliveries')).rowCount;
    await other.activated?.(0);
    await handle((await mine.happen())[0]!);
    const hook = await receiver();
    await mine.webhook({ url: hook.url });
    await mine.caughtUp();
    await other.activated?.(await mine.log.head());
    other.committed?.(await mine.log.head(), []);
    expect(await count()).toBe(0);
    const [position] = await mine.happen();
    await mine.caughtUp();
    await admin.query('delete from notifications.deliveries');
    await handle(position!);
    expect(await count()).toBe(1);
  });

  it('should not tell a webhook what is meant for one person', async () => {
    const hook = await receiver();
    await mine.webhook({ url: hook.url, events: ['*'] });
    const data = { notification_id: newId() };
    await append(mine.log, `notification-${newId()}`, { type: 'NotificationCreated', schema_version: 1, data });
    const [after] = await mine.happen();
    await eventually(() => expect(hook.positions()).toEqual([after]));
    expect((await admin.query('select 1 from notifications.deliveries')).rowCount).toBe(1);
  });

  it('should deliver by the terms of the time of the event', async () => {
    const [old, fresh] = [await receiver(), await receiver()];
    const webhook_id = await mine.webhook({ url: old.url, events: ['task.*'] });
    await mine.happen(2);
    await mine.run(webhook_id, {
      type: 'ChangeWebhook',
      data: { webhook_id, url: fresh.url, events: ['agent.*'], position: 0 },
    });
    const after = await mine.happen(2);
    await eventually(() => expect(ascending(fresh.positions())).toEqual(after));
    expect(old.received).toEqual([]);
  });

  it('should replay a range of the log from before the webhook existed, exactly, at its pace', async () => {
    const past = [...(await mine.happen(60)), ...(await mine.happen(60))];
    const hook = await receiver();
    const webhook_id = await mine.webhook({ url: hook.url, events: ['agent.status'] });
    await mine.caughtUp();
    expect(hook.received).toEqual([]);
    const [from, to] = [past[9]!, past[109]!];
    const began = performance.now();
    await mine.run(webhook_id, { type: 'ReplayWebhook', data: { webhook_id, from, to, per_second: 50 } });
    const slice = past.slice(10, 110);
    await eventually(() => expect(hook.received.length).toBeGreaterThanOrEqual(slice.length), { timeoutMs: 20_000 });
    // The first of its parts comes at once.
    expect(performance.now() - began).toBeGreaterThan(((slice.length - 25) / 50) * 1_000);
    expect(ascending(hook.positions())).toEqual(slice);
    const { rows } = await admin.query<{ position: number; done_at: Date | null }>(
      'select position, done_at from notifications.webhook_replays',
    );
    expect(rows).toEqual([{ position: to, done_at: expect.any(Date) }]);
    // Under ids of their own: a second time is wanted.
    expect(hook.received.some(({ id }) => id === deliveryId(webhook_id, slice[0]!))).toBe(false);
  });

  it('should disable a webhook that answers 410 and send nothing more, and take everything up with a backfill', async () => {
    const hook = await receiver(saying(410));
    const webhook_id = await mine.webhook({ url: hook.url });
    const first = await mine.happen(20);
    await eventually(async () => expect(await typesOf(webhook_id)).toContain('WebhookDisabled'));
    await mine.caughtUp();
    const asked = hook.received.length;
    expect(asked).toBeLessThan(20);
    const missed = await mine.happen(15);
    await mine.caughtUp();
    expect((await told(webhook_id)).at(-1)!.data).toMatchObject({ by: 'gone', error: expect.stringContaining('410') });
    expect(hook.received).toHaveLength(asked);
    hook.answer(saying(200));
    await enable(webhook_id, true);
    const later = await mine.happen(5);
    await eventually(async () => expect(await statesOf(webhook_id)).toEqual({ delivered: 40 }));
    const arrived = new Set(hook.received.slice(asked).map(({ id }) => id));
    // What got the 410 among them.
    for (const position of [...first, ...missed, ...later]) expect(arrived).toContain(deliveryId(webhook_id, position));
    expect(first.length + missed.length + later.length).toBe(40);
  });

  it('should miss nothing between being disabled and enabled with a backfill, and repeat nothing', async () => {
    const hook = await receiver();
    const webhook_id = await mine.webhook({ url: hook.url });
    const all: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      all.push(...(await mine.happen(7)));
      const position = await mine.log.head();
      // What comes in between may be taken for it already.
      all.push(...(await mine.happen(3)));
      await mine.run(webhook_id, { type: 'DisableWebhook', data: { webhook_id, by: 'failures', error: '', position } });
      all.push(...(await mine.happen(7)));
      await enable(webhook_id, true);
    }
    all.push(...(await mine.happen(2)));
    await eventually(() => expect(hook.received.length).toBeGreaterThanOrEqual(all.length));
    await eventually(async () => expect(await statesOf(webhook_id)).toEqual({ delivered: all.length }));
    expect(ascending(hook.positions())).toEqual(all);
  });

  it('should leave out what a webhook misses while it is disabled, without a backfill (control)', async () => {
    const hook = await receiver();
    const webhook_id = await mine.webhook({ url: hook.url });
    const before = await mine.happen(3);
    await eventually(() => expect(hook.received).toHaveLength(3));
    await mine.run(webhook_id, { type: 'ChangeWebhook', data: { webhook_id, enabled: false, position: 0 } });
    await mine.happen(3);
    await enable(webhook_id, false);
    const after = await mine.happen(3);
    await eventually(() => expect(ascending(hook.positions())).toEqual([...before, ...after]));
  });

  it('should go on from now when a change enables it, and with what it missed when it is enabled by a backfill', async () => {
    const hook = await receiver();
    const webhook_id = await mine.webhook({ url: hook.url });
    const set = async (enabled: boolean) => {
      const position = await mine.log.head();
      await mine.run(webhook_id, { type: 'ChangeWebhook', data: { webhook_id, enabled, position } });
    };
    await set(false);
    await mine.happen(3);
    await set(true);
    const heard = await mine.happen(2);
    await set(false);
    heard.push(...(await mine.happen(3)));
    // Changing something else does not lose where it was left.
    const data = { webhook_id, description: 'off', position: await mine.log.head() };
    await mine.run(webhook_id, { type: 'ChangeWebhook', data });
    heard.push(...(await mine.happen(2)));
    await enable(webhook_id, true);
    heard.push(...(await mine.happen(1)));
    await eventually(async () => expect(await statesOf(webhook_id)).toEqual({ delivered: heard.length }));
    expect(ascending(hook.positions())).toEqual(heard);
  });

  it('should keep what waits while it is disabled, and send it when it is enabled', async () => {
    const hook = await receiver(saying(500));
    const webhook_id = await mine.webhook({ url: hook.url });
    await mine.happen(3);
    await eventually(() => expect(hook.received).toHaveLength(3));
    await eventually(async () => {
      const { rows } = await admin.query('select 1 from notifications.deliveries where attempts = 1');
      expect(rows).toHaveLength(3);
    });
    await mine.run(webhook_id, { type: 'ChangeWebhook', data: { webhook_id, enabled: false, position: 0 } });
    await mine.caughtUp();
    hook.answer(saying(200));
    await admin.query('update notifications.deliveries set due_at = now()');
    mine.deliveries.nudge();
    const hold = await mine.deliveries.targets.figures({ kind: 'webhook', id: webhook_id });
    expect(hold).toMatchObject({ held: true });
    // Another webhook's delivery shows that the engine has looked.
    const other = await receiver();
    await mine.webhook({ url: other.url });
    await mine.happen();
    await eventually(() => expect(other.received).toHaveLength(1));
    expect(await statesOf(webhook_id)).toEqual({ pending: 3 });
    await enable(webhook_id, false);
    await eventually(async () => expect(await statesOf(webhook_id)).toEqual({ delivered: 3 }));
  });

  it('should warn before it disables, and say that a webhook has recovered', async () => {
    const hook = await receiver(saying(503));
    const webhook_id = await mine.webhook({ url: hook.url });
    await mine.happen();
    await eventually(() => expect(hook.received).toHaveLength(1));
    await eventually(async () => expect((await admin.query('select 1 from notifications.targets')).rowCount).toBe(1));
    await age(61);
    await eventually(async () => expect(await typesOf(webhook_id)).toEqual(['WebhookCreated', 'WebhookFailing']), {
      timeoutMs: 30_000,
    });
    const warning = (await told(webhook_id))[1]!.data;
    const left = Date.parse(String(warning.disables_at)) - Date.parse(String(warning.since));
    expect(left).toBe(120 * 3_600_000);
    hook.answer(saying(200));
    await mine.happen();
    await eventually(async () => expect((await typesOf(webhook_id)).at(-1)).toBe('WebhookRecovered'));
    hook.answer(saying(503));
    await mine.happen();
    await eventually(async () => {
      const { rowCount } = await admin.query('select 1 from notifications.targets where failing_since is not null');
      expect(rowCount).toBe(1);
    });
    await age(121);
    await eventually(async () => expect((await typesOf(webhook_id)).at(-1)).toBe('WebhookDisabled'), {
      timeoutMs: 30_000,
    });
    expect((await told(webhook_id)).at(-1)!.data).toMatchObject({ by: 'failures' });
  });

  it('should drop what waits for a webhook that is deleted', async () => {
    const hook = await receiver(saying(500));
    const webhook_id = await mine.webhook({ url: hook.url });
    await mine.happen(3);
    await eventually(() => expect(hook.received).toHaveLength(3));
    await mine.run(webhook_id, { type: 'DeleteWebhook', data: { webhook_id } });
    await mine.happen(3);
    await eventually(async () => expect(await statesOf(webhook_id)).toEqual({ dropped: 3 }), { timeoutMs: 20_000 });
    expect(hook.received).toHaveLength(3);
  });
});
