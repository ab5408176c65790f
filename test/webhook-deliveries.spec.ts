import { Client, NotFoundError, verifyWebhook, type Webhook } from '@agent-orchestration/sdk';
import { eventually, testStack, type TestStack } from '@ao/testing';
import { saying, startReceiver, type Received, type Receiver } from '../apps/notifications/test/receiver.testing';

/** What a webhook is sent again, from the past and after a pause, by the SDK and against everything real. */

const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/) as unknown;

let stack: TestStack;
let client: Client;
let receiver: Receiver;

beforeAll(async () => {
  receiver = await startReceiver();
  stack = await testStack();
  client = new Client({ baseUrl: stack.url, apiKey: stack.apiKey });
}, 120_000);
afterAll(async () => {
  client?.close();
  await stack?.stop();
  await receiver?.stop();
});

const create = (): Promise<Webhook> => client.webhooks.create({ url: receiver.url, events: ['task.created'] });
const submit = async () => (await client.tasks.submit({ type: 'report' })).taskId;
const about = (task: string) => (received: Received) => received.json.subject === `task/${task}`;
const arrived = (task: string, count = 1) => receiver.waitFor(about(task), count);
const idOf = ({ headers }: Received) => headers['webhook-id'] as string;

describe('a webhook', () => {
  it('should be configured, tried out and rotated by the SDK', async () => {
    const webhook = await create();
    expect(webhook).toMatchObject({ status: 'active', secretVersion: 1, formerSecrets: [], filter: null });
    expect(webhook.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(await client.webhooks.list({ status: 'active' })).toEqual([{ ...webhook, secret: 'whsec_********' }]);
    const tested = await client.webhooks.test(webhook.id);
    expect(tested).toMatchObject({ delivered: true, statusCode: 204, error: null });
    const rotated = await client.webhooks.rotateSecret(webhook.id);
    expect(rotated).toMatchObject({ secretVersion: 2, formerSecrets: [{ version: 1, until: TIME }] });
    await client.webhooks.change(webhook.id, { filter: 'event.data.type == "wanted"' });
    // The sender has heard of the rotation when it signs twice.
    await eventually(async () => {
      const { deliveryId } = await client.webhooks.test(webhook.id);
      const [received] = await receiver.waitFor((one) => idOf(one) === deliveryId);
      for (const secret of [webhook.secret, rotated.secret])
        expect(verifyWebhook(received!, secret)).toMatchObject({ type: 'test' });
    });
    // Each opening of the secret is an entry of the audit: one for a version, however much it signs.
    const { rows } = await stack.database.pool().query(
      `select data->>'version' as version from event_log.events
        where stream_id = $1 and type = 'SecretRevealed' order by position`,
      [`secret-${webhook.secretId}`],
    );
    expect(rows).toEqual([{ version: '1' }, { version: '2' }]);

    const unwanted = await submit();
    const wanted = (await client.tasks.submit({ type: 'wanted' })).taskId;
    await arrived(wanted);
    expect(receiver.received.filter(about(unwanted))).toEqual([]);
    await client.webhooks.remove(webhook.id);
    await expect(client.webhooks.get(webhook.id)).rejects.toThrow(NotFoundError);
  });

  it('should be sent a failed delivery again at a word, under the same id', async () => {
    const { id } = await create();
    receiver.answer(saying(500, {}, 'answered 500'));
    const task = await submit();
    const [received] = await arrived(task);
    const deliveryId = idOf(received!);
    await eventually(async () => {
      const [delivery] = await client.webhooks.deliveries(id, { state: 'pending' });
      expect(delivery).toMatchObject({ deliveryId, attempts: 1, lastStatusCode: 500, nextAttemptAt: TIME });
    });
    receiver.answer(saying(204, {}, 'answered 204'));
    await client.webhooks.redeliver(id, deliveryId);
    const both = await arrived(task, 2);
    expect(new Set(both.map(idOf))).toEqual(new Set([deliveryId]));
    await eventually(async () => {
      const page = { state: 'delivered', event: 'task.created' } as const;
      expect(await client.webhooks.deliveries(id, page)).toMatchObject([{ deliveryId, lastStatusCode: 204 }]);
    });
    const shown = await fetch(`${stack.url}/api/v1/webhooks/${id}/deliveries/${deliveryId}`, {
      headers: { authorization: `Bearer ${stack.apiKey}` },
    });
    const { attempts_made } = (await shown.json()) as { attempts_made: object[] };
    expect(attempts_made[0]).toMatchObject({ number: 1, status_code: 500, error: 'status', response: 'answered 500' });
    expect(attempts_made.at(-1)).toMatchObject({ status_code: 204, error: null });
    await expect(client.webhooks.redeliver(id, id)).rejects.toThrow(NotFoundError);
    await client.webhooks.remove(id);
  });

  it('should be sent what happened before it was there, by position and by time', async () => {
    const tasks = [await submit(), await submit()];
    const { id } = await create();
    const all = await client.webhooks.replay(id, { from: 0, perSecond: 500 });
    expect(all).toMatchObject({ fromPosition: 0, perSecond: 500 });
    for (const task of tasks) await arrived(task);
    await eventually(async () => {
      const { progress } = (await client.webhooks.get(id)) as unknown as { progress: { replays: object[] } };
      expect(progress.replays).toMatchObject([{ replay_id: all.replayId, done: true }]);
    });

    const [first] = await arrived(tasks[0]!);
    const [second] = await arrived(tasks[1]!);
    const { time } = second!.json as { time: string };
    const position = Number(second!.json.id);
    // From the millisecond of the second on: the first was before it, or in the same one.
    const some = await client.webhooks.replay(id, { from: time, to: position, perSecond: 500 });
    expect(some.fromPosition).toBeLessThan(position);
    expect(some.fromPosition).toBeGreaterThanOrEqual(Number(first!.json.id));
    const again = await arrived(tasks[1]!, 2);
    expect(new Set(again.map(idOf)).size).toBe(2);
    expect(receiver.received.filter(about(tasks[0]!))).toHaveLength(1);

    const [later] = await arrived(await submit());
    const until = await client.webhooks.replay(id, { from: position - 1, to: new Date(time), perSecond: 500 });
    expect(until.toPosition).toBeGreaterThanOrEqual(position);
    expect(until.toPosition).toBeLessThan(Number(later!.json.id));
    await arrived(tasks[1]!, 3);
    await client.webhooks.remove(id);
  });

  it('should be sent what it missed while it was off, unless it is not to', async () => {
    const { id } = await create();
    await arrived(await submit());
    expect(await client.webhooks.change(id, { enabled: false })).toMatchObject({
      ...{ status: 'disabled', disabledBy: 'request' },
    });
    const missed = await submit();
    expect(await client.webhooks.enable(id)).toMatchObject({ enabled: true, status: 'active', disabledBy: null });
    await arrived(missed);

    await client.webhooks.change(id, { enabled: false });
    const lost = await submit();
    await client.webhooks.enable(id, { backfill: false });
    await arrived(await submit());
    expect(receiver.received.filter(about(lost))).toEqual([]);
    expect(receiver.received.filter(about(missed))).toHaveLength(1);
    await client.webhooks.remove(id);
  });

  it('should be shown while the service that sends is away', async () => {
    const { id } = await create();
    await stack.service('notifications').kill();
    expect(await client.webhooks.get(id)).toMatchObject({ id, status: 'active', progress: null });
    const answer = await fetch(`${stack.url}/api/v1/webhooks/${id}/deliveries`, {
      headers: { authorization: `Bearer ${stack.apiKey}` },
    });
    expect(answer.status).toBe(503);
    await stack.restart('notifications');
    const task = await submit();
    await arrived(task);
    await client.webhooks.remove(id);
  });
});
