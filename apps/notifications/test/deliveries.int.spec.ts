import { eventually } from '@ao/testing';
import { Webhook } from 'standardwebhooks';
import { DELAYS_MS } from '../src/delivery/schedule';
import { startDeliveries, type DeliveriesHarness } from './deliveries.testing';
import { deliveryId, SECRET, type ReplicaOptions } from './fan-out.testing';
import { saying, type Answering } from './receiver.testing';

/** M5: at least once, signed, with the same id, by the schedule; one receiver delays no other. */
describe('deliveries to webhooks', () => {
  let harness: DeliveriesHarness;
  beforeEach(async () => {
    harness = await startDeliveries();
  });
  afterEach(() => harness?.stop());

  it('should bring each event once to a webhook that takes it, signed, as a CloudEvent', async () => {
    const mine = await harness.replica();
    const hook = await harness.receiver();
    const before = await mine.happen(3);
    const id = await mine.webhook({ url: hook.url, events: ['agent.*'] });
    const positions = await mine.happen(20);
    await eventually(() => expect(hook.received).toHaveLength(20));
    expect(hook.positions().toSorted((a, b) => a - b)).toEqual(positions);
    expect(before.some((position) => hook.positions().includes(position))).toBe(false);
    for (const { id: told, headers, body } of hook.received) {
      const event = JSON.parse(body) as { id: string; type: string };
      expect(told).toBe(deliveryId(id, Number(event.id)));
      expect(event).toMatchObject({ specversion: '1.0', type: 'agent.status', source: '/agent-orchestration' });
      expect(() => new Webhook(SECRET).verify(body, headers as Record<string, string>)).not.toThrow();
    }
    await eventually(async () => {
      const found = await harness.deliveriesOf(mine, id);
      expect(found.filter(({ state, attempts }) => state === 'delivered' && attempts === 1)).toHaveLength(20);
    });
  });

  it('should try again by the schedule until it is taken, with the same id, and keep every attempt', async () => {
    const mine = await harness.replica();
    const failures = 4;
    const hook = await harness.receiver((_request, response, nth) =>
      nth <= failures ? void response.writeHead(500).end(`no ${nth}`) : void response.writeHead(200).end('yes'),
    );
    const id = await mine.webhook({ url: hook.url });
    await mine.happen();
    for (let n = 1; n <= failures; n += 1) {
      const delivery = await eventually(async () => {
        const found = await harness.only(mine, id);
        expect(found.attempts).toBe(n);
        return found;
      });
      const { rows } = await harness.admin.query<{ at: Date; duration_ms: number }>(
        'select at, duration_ms from notifications.attempts where number = $1',
        [n],
      );
      const waits = Date.parse(delivery.next_attempt_at!) - rows[0]!.at.getTime() - rows[0]!.duration_ms;
      expect(waits).toBeGreaterThanOrEqual(DELAYS_MS[n]! * 0.9 - 50);
      expect(waits).toBeLessThanOrEqual(DELAYS_MS[n]! * 1.1 + 50);
      await harness.comeDue(mine, id);
    }
    const delivery = await eventually(async () => {
      const found = await harness.only(mine, id);
      expect(found.state).toBe('delivered');
      return found;
    });
    expect(new Set(hook.received.map((request) => request.id))).toEqual(new Set([delivery.delivery_id]));
    const attempts = await mine.deliveries.log.attempts(delivery.delivery_id);
    expect(attempts.map(({ number, status_code, response }) => [number, status_code, response])).toEqual([
      ...[1, 2, 3, 4].map((n) => [n, 500, `no ${n}`]),
      [5, 200, 'yes'],
    ]);
  });

  it('should give up after ten attempts, say so, and begin anew when somebody asks', async () => {
    const mine = await harness.replica();
    const hook = await harness.receiver(saying(500));
    const id = await mine.webhook({ url: hook.url });
    await mine.happen();
    for (let n = 1; n <= DELAYS_MS.length; n += 1) {
      await eventually(async () => expect(await harness.only(mine, id)).toMatchObject({ attempts: n }));
      await harness.comeDue(mine, id);
    }
    const failed = await harness.only(mine, id);
    expect(failed).toMatchObject({
      state: 'failed',
      next_attempt_at: null,
      last_status_code: 500,
      last_error: 'status',
    });
    hook.answer(saying(200));
    await mine.deliveries.log.redeliver({ kind: 'webhook', id }, failed.delivery_id);
    mine.deliveries.nudge();
    await eventually(async () =>
      expect(await harness.only(mine, id)).toMatchObject({ state: 'delivered', attempts: 11 }),
    );
    expect(hook.received.at(-1)!.id).toBe(failed.delivery_id);
  });

  it.each<[string, Answering, object]>([
    ['hangs', () => undefined, { last_error: 'timeout', last_status_code: null }],
    [
      'drips',
      (_request, response) => {
        response.writeHead(200);
        const drip = setInterval(() => response.write('.'), 50);
        response.on('close', () => clearInterval(drip));
      },
      { last_error: 'timeout' },
    ],
    ['redirects', saying(302, { location: 'http://127.0.0.1:1/' }), { last_error: 'redirect', last_status_code: 302 }],
    ['cuts the connection', (_request, response) => void response.destroy(), { last_error: 'connection_lost' }],
  ])('should call it a failure when the receiver %s', async (_what, answering, expected) => {
    const mine = await harness.replica({ timeoutMs: 500 });
    const hook = await harness.receiver(answering);
    const id = await mine.webhook({ url: hook.url });
    await mine.happen();
    await eventually(async () =>
      expect(await harness.only(mine, id)).toMatchObject({ state: 'pending', attempts: 1, ...expected }),
    );
    expect(hook.received).toHaveLength(1);
  });

  it('should keep 2 KiB of an answer of 10 MB', async () => {
    const mine = await harness.replica();
    const hook = await harness.receiver(saying(200, {}, 'x'.repeat(10_000_000)));
    const id = await mine.webhook({ url: hook.url });
    await mine.happen();
    const delivery = await eventually(async () => {
      const found = await harness.only(mine, id);
      expect(found).toMatchObject({ state: 'delivered', attempts: 1 });
      return found;
    });
    const [attempt] = await mine.deliveries.log.attempts(delivery.delivery_id);
    expect(attempt!.response).toHaveLength(2_048);
  });

  it('should wait as long as the receiver asks', async () => {
    const mine = await harness.replica();
    const hook = await harness.receiver(saying(429, { 'retry-after': '3600' }));
    const id = await mine.webhook({ url: hook.url });
    await mine.happen();
    const delivery = await eventually(async () => {
      const found = await harness.only(mine, id);
      expect(found).toMatchObject({ state: 'pending', attempts: 1, last_status_code: 429 });
      return found;
    });
    const waits = Date.parse(delivery.next_attempt_at!) - Date.parse(delivery.created_at);
    expect(waits).toBeGreaterThanOrEqual(3_600_000);
    expect(waits).toBeLessThan(3_700_000);
  });

  it('should try what cannot be signed now again, and not lose it', async () => {
    let vault = false;
    const secrets = () => (vault ? Promise.resolve([SECRET]) : Promise.reject(new Error('no answer')));
    const mine = await harness.replica({ secrets });
    const hook = await harness.receiver();
    const id = await mine.webhook({ url: hook.url });
    await mine.happen();
    await eventually(async () =>
      expect(await harness.only(mine, id)).toMatchObject({ last_error: 'secret_unavailable' }),
    );
    vault = true;
    await harness.comeDue(mine, id);
    await eventually(async () =>
      expect(await harness.only(mine, id)).toMatchObject({ state: 'delivered', attempts: 2 }),
    );
  });

  describe('beside receivers that hang', () => {
    const DEAD = 12;
    const EVENTS = 30;

    /** How many deliveries the receiver that is well has, by the time the first of the dead has timed out. */
    async function deliveredBeside(limits: ReplicaOptions['limits']): Promise<number> {
      const mine = await harness.replica({ timeoutMs: 3_000, limits });
      const dead = await harness.receiver(() => undefined);
      const well = await harness.receiver();
      for (let n = 0; n < DEAD; n += 1) await mine.webhook({ url: dead.url });
      await mine.webhook({ url: well.url });
      await mine.happen(EVENTS);
      await eventually(
        async () => {
          const { rowCount } = await harness.admin.query(
            `select 1 from notifications.attempts where error = 'timeout'`,
          );
          expect(rowCount).toBeGreaterThan(0);
        },
        { timeoutMs: 30_000 },
      );
      return well.received.length;
    }

    it('should go on with the others at once', async () => {
      expect(await deliveredBeside({ perTarget: 8, overall: 64 })).toBe(EVENTS);
    });

    it('should be noticed when all share one queue (control)', async () => {
      // Sockets for a few, and no bound to what each target takes of them.
      expect(await deliveredBeside({ perTarget: 8, overall: 8 })).toBeLessThan(EVENTS);
    });
  });
});
