import { WebhookVerificationError, verifyWebhook } from '@agent-orchestration/sdk';
import { Webhook } from 'standardwebhooks';

const secret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
const other = `whsec_${Buffer.alloc(32, 2).toString('base64')}`;
const body = JSON.stringify({ specversion: '1.0', id: '7', type: 'task.completed', data: { text: 'ключ ✓' } });

/** Signed by the package of Standard Webhooks. */
const signed = (at = new Date(), by = secret) => ({
  'webhook-id': 'msg_1',
  'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
  'webhook-signature': new Webhook(by).sign('msg_1', at, body),
});

describe('verifyWebhook', () => {
  it('should give the event of what is signed, from a text, bytes and a Headers', () => {
    const event = JSON.parse(body) as object;
    expect(verifyWebhook({ headers: signed(), body }, secret)).toEqual(event);
    expect(verifyWebhook({ headers: signed(), body: Buffer.from(body) }, secret)).toEqual(event);
    expect(verifyWebhook({ headers: new Headers(signed()), body }, secret)).toEqual(event);
    const lists = Object.fromEntries(Object.entries(signed()).map(([name, value]) => [name, [value]]));
    expect(verifyWebhook({ headers: lists, body }, secret)).toEqual(event);
  });

  it('should take any of several secrets and any of several signatures', () => {
    const both = `v1a,xyz ${signed(new Date(), other)['webhook-signature']} ${signed()['webhook-signature']}`;
    const headers = { ...signed(), 'webhook-signature': both };
    for (const secrets of [secret, other, [other, secret]])
      expect(verifyWebhook({ headers, body }, secrets)).toMatchObject({ type: 'task.completed' });
  });

  it.each([
    ['another id', { 'webhook-id': 'msg_2' }, body],
    ['another time', { 'webhook-timestamp': String(Math.floor(Date.now() / 1_000) - 1) }, body],
    ['another body', {}, body.replace('7', '8')],
    ['another secret', { 'webhook-signature': signed(new Date(), other)['webhook-signature'] }, body],
    ['half a signature', { 'webhook-signature': signed()['webhook-signature'].slice(0, 20) }, body],
    ['another version', { 'webhook-signature': signed()['webhook-signature'].replace('v1', 'v2') }, body],
    ['no signature', { 'webhook-signature': undefined }, body],
    ['an empty id', { 'webhook-id': '' }, body],
    ['a time that is none', { 'webhook-timestamp': 'NaN' }, body],
  ])('rejects %s', (_, change, text) => {
    const headers = { ...signed(), ...change };
    expect(() => verifyWebhook({ headers, body: text }, secret)).toThrow(WebhookVerificationError);
  });

  it('rejects what is older or newer than it may be', () => {
    const now = Date.now();
    for (const minutes of [-6, 6]) {
      const headers = signed(new Date(now + minutes * 60_000));
      expect(() => verifyWebhook({ headers, body }, secret, { now })).toThrow(/timestamp/);
      expect(verifyWebhook({ headers, body }, secret, { now, toleranceSeconds: 400 })).toBeTruthy();
    }
  });

  it('rejects a body that is no JSON, though signed', () => {
    const at = new Date();
    const headers = { ...signed(at), 'webhook-signature': new Webhook(secret).sign('msg_1', at, 'x') };
    expect(() => verifyWebhook({ headers, body: 'x' }, secret)).toThrow(/no JSON/);
  });
});
