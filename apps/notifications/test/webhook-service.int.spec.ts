import {
  changeWebhook,
  createWebhook,
  deleteWebhook,
  enableWebhook,
  getDelivery,
  listDeliveries,
  redeliver,
  replayWebhook,
  rotateWebhookSecret,
  testWebhook,
  webhookProgress,
} from '@ao/contracts';
import { createEventLog, createPool, type EventLog } from '@ao/event-log';
import { isRejection, newId } from '@ao/kernel';
import { eventually, testService, type TestService } from '@ao/testing';
import type { Pool } from 'pg';
import { Webhook } from 'standardwebhooks';
import { happen } from './fan-out.testing';
import { saying, startReceiver, type Receiver } from './receiver.testing';

const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as unknown;

/** The service as a process, with identity beside it: its doors on NATS, and secrets from the vault. */
describe('the webhooks of a running service', () => {
  // Processes start slowly on a machine that is busy with other things.
  jest.setTimeout(120_000);
  let service: TestService;
  let pool: Pool;
  let log: EventLog;
  let hook: Receiver;

  beforeAll(async () => {
    service = await testService('notifications', { ALLOW_PRIVATE_WEBHOOKS: 'true' }, ['identity']);
    pool = createPool(service.stack.database.urlFor('registry'), { applicationName: 'test-registry' });
    log = createEventLog({ pool });
    await log.ready();
  }, 120_000);
  afterAll(async () => {
    await log.close();
    await pool.end();
    await service.stop();
  });
  beforeEach(async () => {
    hook = await startReceiver();
  });
  afterEach(() => hook.stop());

  const terms = { events: ['agent.*'], description: '', filter: null, enabled: true };
  const webhook = async () => {
    const { webhook_id, secret } = await service.expectDone(createWebhook, { ...terms, url: hook.url });
    return { webhook_id, secret: secret!, target: { kind: 'webhook' as const, id: webhook_id } };
  };
  const isSignedBy = (secret: string, nth: number) => {
    const { body, headers } = hook.received.at(nth)!;
    try {
      return Boolean(new Webhook(secret).verify(body, headers as Record<string, string>));
    } catch {
      return false;
    }
  };
  const heard = (count: number) => eventually(() => expect(hook.received).toHaveLength(count), { timeoutMs: 30_000 });
  const code = (answer: unknown) => (isRejection(answer) ? answer.code : answer);

  it('should sign with the secret of the vault, and with the former one as well after a rotation', async () => {
    const { webhook_id, secret } = await webhook();
    await happen(log, 1, newId());
    await heard(1);
    expect(isSignedBy(secret, 0)).toBe(true);
    const rotated = await service.expectDone(rotateWebhookSecret, { webhook_id });
    // The sender looks at the webhooks again within a second.
    await eventually(
      async () => {
        const before = hook.received.length;
        await happen(log, 1, newId());
        await heard(before + 1);
        expect(isSignedBy(rotated.secret!, -1)).toBe(true);
      },
      { timeoutMs: 30_000 },
    );
    expect(isSignedBy(secret, -1)).toBe(true);
    expect(isSignedBy(secret.replace(/.{8}=*$/, 'AAAAAAAA='), -1)).toBe(false);
    await service.expectDone(deleteWebhook, { webhook_id });
  });

  it('should show a delivery with its attempts, and deliver it again', async () => {
    hook.answer(saying(500, {}, 'not today'));
    const { webhook_id, target } = await webhook();
    const [position] = await happen(log, 1, newId());
    await heard(1);
    const { delivery_id } = await eventually(async () => {
      const { deliveries, total } = await service.expectAnswer(listDeliveries, { target, limit: 10, offset: 0 });
      expect(total).toBe(1);
      expect(deliveries[0]).toMatchObject({ position, state: 'pending', attempts: 1, last_status_code: 500 });
      return deliveries[0]!;
    });
    // Still active, but it can be seen that nothing arrives.
    expect(await service.expectAnswer(webhookProgress, { webhook_id })).toEqual({
      ...{ pending: 1, delivered: 0, failed: 0, replays: [], filter_errors: 0, last_filter_error: null },
      ...{ last_delivered_at: null, failing_since: TIME },
      last_attempt: { at: TIME, delivered: false, status_code: 500, error: 'status', detail: 'It answered 500' },
    });
    const shown = await service.expectAnswer(getDelivery, { target, delivery_id });
    expect(shown.attempts).toEqual([
      expect.objectContaining({ number: 1, status_code: 500, error: 'status', response: 'not today' }),
    ]);
    hook.answer(saying(200));
    await service.expectDone(redeliver, { target, delivery_id });
    await heard(2);
    expect(new Set(hook.received.map(({ id }) => id))).toEqual(new Set([delivery_id]));
    await eventually(async () =>
      expect(await service.expectAnswer(webhookProgress, { webhook_id })).toEqual({
        ...{ pending: 0, delivered: 1, failed: 0, replays: [], filter_errors: 0, last_filter_error: null },
        ...{ last_delivered_at: TIME, failing_since: null },
        last_attempt: { at: TIME, delivered: true, status_code: 200, error: null, detail: null },
      }),
    );
    await service.expectDone(deleteWebhook, { webhook_id });
  });

  it('should show what a filter cannot be worked out for', async () => {
    const filter = 'event.data.missing > 3';
    const { webhook_id } = await service.expectDone(createWebhook, { ...terms, filter, url: hook.url });
    await happen(log, 2, newId());
    await eventually(async () =>
      expect(await service.expectAnswer(webhookProgress, { webhook_id })).toMatchObject({
        ...{ pending: 0, delivered: 0, filter_errors: 2 },
        last_filter_error: expect.stringContaining('missing') as unknown,
      }),
    );
    await service.expectDone(deleteWebhook, { webhook_id });
  });

  it('should refuse to redeliver what there is not, and to a webhook that is disabled or deleted', async () => {
    const { webhook_id, target } = await webhook();
    await happen(log, 1, newId());
    await heard(1);
    const delivery_id = hook.received[0]!.id;
    const again = () => service.ask(redeliver, { target, delivery_id });
    expect(code(await service.ask(redeliver, { target, delivery_id: newId() }))).toBe('delivery_not_found');
    const elsewhere = { kind: 'webhook' as const, id: newId() };
    expect(code(await service.ask(redeliver, { target: elsewhere, delivery_id }))).toBe('delivery_not_found');
    expect(code(await service.query(getDelivery, { target: elsewhere, delivery_id }))).toBe('delivery_not_found');
    await service.expectDone(changeWebhook, { webhook_id, enabled: false });
    await eventually(async () => expect(code(await again())).toBe('webhook_disabled'));
    await service.expectDone(enableWebhook, { webhook_id, backfill: true });
    await eventually(async () => expect(await again()).toMatchObject({ kind: 'done' }));
    await service.expectDone(deleteWebhook, { webhook_id });
    await eventually(async () => expect(code(await again())).toBe('delivery_not_found'));
  });

  it('should test a webhook at once, and keep that in the delivery log', async () => {
    const { webhook_id, secret, target } = await webhook();
    const arrived = await service.expectDone(testWebhook, { webhook_id });
    expect(arrived).toMatchObject({ delivered: true, status_code: 204, error: null, detail: null });
    expect(hook.received.map(({ id }) => id)).toEqual([arrived.delivery_id]);
    expect(isSignedBy(secret, 0)).toBe(true);
    hook.answer(saying(302, { location: 'http://127.0.0.1:1/' }));
    const failed = await service.expectDone(testWebhook, { webhook_id });
    expect(failed).toMatchObject({
      delivered: false,
      status_code: 302,
      error: 'redirect',
      detail: 'It answered 302; redirects are not followed',
    });
    // Tests are no deliveries of the webhook's.
    expect(await service.expectAnswer(webhookProgress, { webhook_id })).toMatchObject({
      ...{ delivered: 0, failed: 0, failing_since: null, last_attempt: null },
    });
    const { deliveries } = await service.expectAnswer(listDeliveries, { target, event: 'test', limit: 10, offset: 0 });
    expect(deliveries.map(({ state, attempts }) => [state, attempts])).toEqual([
      ['failed', 1],
      ['delivered', 1],
    ]);
    expect(code(await service.ask(testWebhook, { webhook_id: newId() }))).toBe('webhook_not_found');
    await service.expectDone(deleteWebhook, { webhook_id });
  });

  it('should replay from before the webhook existed, and say how far it is', async () => {
    const past = await happen(log, 10, newId());
    const { webhook_id } = await webhook();
    const [from_position, to_position] = [past[2]!, past[7]!];
    const asked = { webhook_id, from_position, to_position, per_second: 500 };
    const { replay_id } = await service.expectDone(replayWebhook, asked);
    await heard(5);
    expect(hook.positions().toSorted((a, b) => a - b)).toEqual(past.slice(3, 8));
    await eventually(async () =>
      expect((await service.expectAnswer(webhookProgress, { webhook_id })).replays).toEqual([
        { replay_id, from: from_position, to: to_position, at: to_position, done: true },
      ]),
    );
    await service.expectDone(deleteWebhook, { webhook_id });
  });

  it('should end on SIGTERM with what is under way written', async () => {
    hook.answer((_request, response) => void setTimeout(() => response.writeHead(200).end(), 300));
    const { target } = await webhook();
    await happen(log, 20, newId());
    await eventually(() => expect(hook.received.length).toBeGreaterThan(0), { timeoutMs: 30_000 });
    const exit = await service.stack.service('notifications').stop();
    expect(exit.code).toBe(0);
    const sent = hook.received.length;
    expect(sent).toBeLessThan(20);
    const { rows } = await service.pool.query<{ state: string; count: number }>(
      'select state, count(*)::int as count from notifications.deliveries where target_id = $1 group by state',
      [target.id],
    );
    expect(Object.fromEntries(rows.map(({ state, count }) => [state, count]))).toEqual({
      delivered: sent,
      pending: 20 - sent,
    });
  });
});
