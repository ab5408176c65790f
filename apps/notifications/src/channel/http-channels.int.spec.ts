import { createOutbound, type Outbound } from '@ao/outbound';
import { Webhook } from 'standardwebhooks';
import type { DueDelivery, Message } from '../delivery/delivery.types';
import { saying, startReceiver, type Receiver } from '../../test/receiver.testing';
import { sendToSlack, slackMessage } from './slack.transport';
import { sendToTelegram, telegramMessage } from './telegram.transport';
import { sendToWebhook } from './webhook.transport';

const message: Message = { severity: 'critical', subject: 'Backup failed', body: 'On <host> & *more*' };
const signal = new AbortController().signal;
const PATH = '/services/T0001/B0001/c4narySlackToken';
const BOT = '123456:c4nary-AAbbccddeeffgghhiijjkkllmm';

describe('channels by HTTP', () => {
  let outbound: Outbound;
  let receiver: Receiver;
  beforeEach(async () => {
    outbound = createOutbound({ allowPrivate: true });
    receiver = await startReceiver(saying(200, {}, 'ok'));
  });
  afterEach(async () => {
    await outbound.close();
    await receiver.stop();
  });

  describe('Slack', () => {
    const send = (config: object = {}) =>
      sendToSlack(outbound, { webhook_url: `${receiver.url}${PATH}`, ...config }, message, signal);

    it('should get a heading and the text, in which nothing notifies or links', async () => {
      expect(await send({ channel: '#ops', username: 'agents' })).toEqual({
        ...{ delivered: true, status_code: 200, response: 'ok' },
      });
      expect(receiver.received).toMatchObject([
        {
          path: PATH,
          headers: { 'content-type': 'application/json; charset=utf-8' },
          json: {
            ...{ channel: '#ops', username: 'agents', text: ':rotating_light: Backup failed' },
            blocks: [
              { type: 'header', text: { type: 'plain_text', text: ':rotating_light: Backup failed' } },
              { type: 'section', text: { type: 'mrkdwn', text: 'On &lt;host&gt; &amp; *more*' } },
            ],
          },
        },
      ]);
    });

    it('should keep to the lengths that Slack takes, without half a character', () => {
      const long: Message = {
        severity: 'info',
        subject: '😀'.repeat(120),
        body: `${'a'.repeat(2_990)}&&&&\n${'b'.repeat(4_000)}`,
      };
      const { blocks } = slackMessage(long, {});
      const [heading, ...sections] = blocks.map(({ text }) => text.text);
      expect(heading!.length).toBeLessThanOrEqual(150);
      expect(sections.every((text) => text.length <= 3_000 && text.isWellFormed() && !/&[a-z]*$/.test(text))).toBe(
        true,
      );
      expect(heading!.isWellFormed()).toBe(true);
      expect(sections.join('').replaceAll('&amp;', '&').length).toBeGreaterThanOrEqual(6_994);
    });

    it('should be tried again after what passes, and not after what does not', async () => {
      receiver.answer(() => ({ status: 500, body: 'internal' }));
      expect(await send()).toEqual({
        ...{ delivered: false, error: 'status', status_code: 500, response: 'internal' },
        detail: 'Slack answers 500: internal',
      });
      receiver.answer(() => ({ status: 429, body: 'rate_limited', headers: { 'retry-after': '30' } }));
      const limited = await send();
      expect(limited).toMatchObject({ delivered: false, status_code: 429, retry_after_ms: 30_000 });
      expect(limited).not.toHaveProperty('final');
      receiver.answer(() => ({ status: 404, body: 'no_service' }));
      expect(await send()).toMatchObject({ status_code: 404, final: 'this', detail: 'Slack answers 404: no_service' });
    });

    it('should believe ok alone, and follow nobody', async () => {
      receiver.answer(() => ({ body: '<html>log in to the wifi</html>' }));
      expect(await send()).toMatchObject({
        delivered: false,
        error: 'status',
        detail: 'Slack answers 200, and not ok',
      });
      receiver.answer(() => ({ status: 302, headers: { location: `${receiver.url}/else` } }));
      expect(await send()).toMatchObject({ delivered: false, error: 'redirect' });
      expect(receiver.received.map(({ path }) => path)).toEqual([PATH, PATH]);
    });

    it('should keep nothing of its URL when the receiver quotes it', async () => {
      receiver.answer(({ path }) => ({ status: 403, body: `no such hook: ${path}, ${path.split('/').at(-1)}` }));
      const refused = await send();
      expect(refused).toMatchObject({ response: 'no such hook: ***, ***' });
      expect(JSON.stringify(refused)).not.toContain('c4nary');
    });
  });

  describe('Telegram', () => {
    const config = () => ({ bot_token: BOT, chat_id: '-1001234567890', api_url: `${receiver.url}/` });
    const send = () => sendToTelegram(outbound, config(), message, signal);
    const answers = (status: number, body: object) => receiver.answer(() => ({ status, body: JSON.stringify(body) }));

    it('should get the text with a bold heading, and its own words are not kept', async () => {
      answers(200, { ok: true, result: { message_id: 1, chat: { title: 'Ada and Bob' }, text: 'x'.repeat(5_000) } });
      expect(await send()).toEqual({ delivered: true, status_code: 200 });
      expect(receiver.received).toMatchObject([
        {
          path: `/bot${BOT}/sendMessage`,
          json: {
            ...{ chat_id: '-1001234567890', text: '🚨 Backup failed\n\nOn <host> & *more*' },
            entities: [{ type: 'bold', offset: 0, length: 16 }],
          },
        },
      ]);
      expect(receiver.received[0]!.json).not.toHaveProperty('parse_mode');
    });

    it('should get as much as it takes', () => {
      const { text, entities } = telegramMessage(
        { severity: 'info', subject: 'S', body: '😀'.repeat(5_000) },
        { chat_id: '1' },
      );
      expect(text.length).toBeLessThanOrEqual(4_096);
      expect(text.isWellFormed()).toBe(true);
      expect(entities).toEqual([{ type: 'bold', offset: 0, length: 1 }]);
    });

    it('should say why it refuses, and wait as long as it is told to', async () => {
      answers(400, { ok: false, error_code: 400, description: `Bad Request: chat not found (bot${BOT})` });
      const refused = await send();
      expect(refused).toMatchObject({ delivered: false, error: 'status', status_code: 400, final: 'this' });
      expect(JSON.stringify(refused)).toContain('chat not found');
      expect(JSON.stringify(refused)).not.toContain('c4nary');
      answers(429, { ok: false, error_code: 429, description: 'Too Many Requests', parameters: { retry_after: 7 } });
      const limited = await send();
      expect(limited).toMatchObject({ delivered: false, status_code: 429, retry_after_ms: 7_000 });
      expect(limited).not.toHaveProperty('final');
      receiver.answer(() => ({ status: 502, body: '<html>Bad Gateway</html>' }));
      expect(await send()).not.toHaveProperty('final');
      answers(200, { ok: false });
      expect(await send()).toMatchObject({ delivered: false });
    });
  });

  describe('a webhook', () => {
    const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
    const now = Math.floor(Date.now() / 1_000) * 1_000;
    const delivery: DueDelivery = {
      ...{ delivery_id: '00000000-0000-7000-8000-0000000000d1', attempt: 2, event: 'task.failed', position: 42 },
      ...{ target: { kind: 'channel', id: '00000000-0000-7000-8000-0000000000c1' } },
      created_at: '2026-01-01T00:00:00.000Z',
    };
    const send = (config: object = {}) =>
      sendToWebhook(
        outbound,
        { url: `${receiver.url}/hook?key=c4nary-key`, ...config },
        { message, delivery, now },
        signal,
      );

    it('should get what it is about, and who signs it', async () => {
      expect(await send({ secret, headers: { Authorization: 'Bearer c4nary-header' } })).toMatchObject({
        delivered: true,
      });
      const [post] = receiver.received;
      expect(post).toMatchObject({
        ...{ path: '/hook?key=c4nary-key', headers: { authorization: 'Bearer c4nary-header' } },
        json: { ...message, event: 'task.failed', position: 42, time: '2026-01-01T00:00:00.000Z' },
      });
      const verified = () => new Webhook(secret).verify(post!.body, post!.headers as Record<string, string>);
      expect(verified()).toEqual(post!.json);
      expect(post!.headers['webhook-id']).toBe(delivery.delivery_id);
      // The control.
      const other = new Webhook(`whsec_${Buffer.alloc(32, 8).toString('base64')}`);
      expect(() => other.verify(post!.body, post!.headers as Record<string, string>)).toThrow();
    });

    it('should get the id without a signature where there is no secret', async () => {
      await send();
      expect(receiver.received[0]!.headers).toMatchObject({ 'webhook-id': delivery.delivery_id });
      expect(receiver.received[0]!.headers).not.toHaveProperty('webhook-signature');
    });

    it('should be tried again but for 410, and its words lose what it was sent', async () => {
      receiver.answer(({ path, headers }) => ({ status: 400, body: `${path} ${headers.authorization}` }));
      const refused = await send({ headers: { Authorization: 'Bearer c4nary-header' } });
      expect(refused).toMatchObject({ delivered: false, error: 'status', status_code: 400, response: '*** ***' });
      expect(refused).not.toHaveProperty('final');
      receiver.answer(() => ({ status: 410 }));
      expect(await send()).toMatchObject({ status_code: 410, final: 'this' });
    });

    it('should say what was met where nobody listens', async () => {
      await receiver.stop();
      expect(await send()).toMatchObject({ delivered: false, error: 'connection_refused' });
    });
  });
});
