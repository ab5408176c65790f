import { newId } from '@ao/kernel';
import { eventually } from '@ao/testing';
import { DeliveryStore } from '../src/delivery/delivery.store';
import type { EndedAttempt } from '../src/delivery/ended-attempt';
import { startDeliveries, type DeliveriesHarness } from './deliveries.testing';
import { saying } from './receiver.testing';

describe('the log of deliveries', () => {
  let harness: DeliveriesHarness;
  beforeEach(async () => {
    harness = await startDeliveries();
  });
  afterEach(() => harness?.stop());

  it('should leave out what an owner writes too late', async () => {
    const mine = await harness.replica();
    const hook = await harness.receiver(saying(500));
    const id = await mine.webhook({ url: hook.url });
    await mine.happen();
    await eventually(async () => expect(await harness.only(mine, id)).toMatchObject({ attempts: 1 }));
    hook.answer(saying(200));
    await harness.comeDue(mine, id);
    const delivered = await eventually(async () => {
      const found = await harness.only(mine, id);
      expect(found).toMatchObject({ state: 'delivered', attempts: 2 });
      return found;
    });
    const { delivery_id } = delivered;
    const log = await mine.deliveries.log.attempts(delivery_id);
    const late: Omit<EndedAttempt, 'number'> = {
      ...{ delivery_id, target_id: id, target_kind: 'webhook', tries: 2, at: delivered.created_at, duration_ms: 1 },
      ...{ status_code: 500, error: 'status', detail: null, response: null, state: 'failed', due_at: null, gone: true },
    };
    const store = new DeliveryStore(mine.pool);
    for (const number of [1, 2]) expect(await store.record([{ ...late, number }])).toEqual([]);
    expect(await harness.only(mine, id)).toEqual(delivered);
    expect(await mine.deliveries.log.attempts(delivery_id)).toEqual(log);
    expect(await mine.deliveries.targets.figures({ kind: 'webhook', id })).toMatchObject({ delivered: 1, failed: 0 });
  });

  it('should keep one attempt of a test in the log, and never repeat it', async () => {
    const mine = await harness.replica();
    const hook = await harness.receiver(saying(500));
    const id = await mine.webhook({ url: hook.url });
    await mine.caughtUp();
    const delivery_id = newId();
    const target = { kind: 'webhook', id } as const;
    const result = await mine.deliveries.test({ delivery_id, target });
    expect(result).toMatchObject({ delivered: false, status_code: 500 });
    expect(await harness.only(mine, id)).toMatchObject({ delivery_id, state: 'failed', attempts: 1, event: 'test' });
    expect(JSON.parse(hook.received[0]!.body)).toMatchObject({ id: delivery_id, type: 'test' });
  });

  it('should list by state and event, newest first, and page', async () => {
    const mine = await harness.replica();
    const hook = await harness.receiver();
    const id = await mine.webhook({ url: hook.url });
    const positions = await mine.happen(5);
    await eventually(() => expect(hook.received).toHaveLength(5));
    const target = { kind: 'webhook', id } as const;
    const list = (more: object) => mine.deliveries.log.list({ target, limit: 2, offset: 0, ...more });
    await eventually(async () => expect(await list({ state: 'delivered' })).toMatchObject({ total: 5 }));
    const page = await list({ offset: 2, event: 'agent.status' });
    expect(page.deliveries.map(({ position }) => position)).toEqual([positions[2], positions[1]]);
    expect(await list({ state: 'failed' })).toEqual({ deliveries: [], total: 0 });
    expect(await list({ event: 'task.created' })).toEqual({ deliveries: [], total: 0 });
  });

  it('should forget what ended longer ago than the retention, with its attempts', async () => {
    const mine = await harness.replica();
    const hook = await harness.receiver();
    const id = await mine.webhook({ url: hook.url });
    await mine.happen(4);
    await eventually(async () =>
      expect((await harness.deliveriesOf(mine, id)).map(({ state }) => state)).toEqual(Array(4).fill('delivered')),
    );
    await harness.admin.query(
      `update notifications.deliveries set ended_at = ended_at - interval '31 days'
        where delivery_id in (select delivery_id from notifications.deliveries order by position limit 3)`,
    );
    expect(await new DeliveryStore(mine.pool).prune(30, 2)).toBe(2);
    expect(await new DeliveryStore(mine.pool).prune(30, 2)).toBe(1);
    expect(await harness.deliveriesOf(mine, id)).toHaveLength(1);
    expect((await harness.admin.query('select 1 from notifications.attempts')).rowCount).toBe(1);
  });

  it('should count attempts by what became of them', async () => {
    const mine = await harness.replica();
    const hook = await harness.receiver(saying(500));
    await mine.webhook({ url: hook.url });
    await mine.happen(2);
    await eventually(async () => {
      const text = await mine.metrics.metrics();
      expect(text).toMatch(/ao_delivery_attempts_total\{kind="webhook",result="status"\} 2/);
    });
  });
});
