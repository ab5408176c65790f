import { Webhook } from 'standardwebhooks';
import { newSigningSecret, signWebhook } from './sign-webhook';

const secret = newSigningSecret();
const body = JSON.stringify({ specversion: '1.0', type: 'task.completed', data: { text: 'ключ ✓' } });
const now = () => Math.floor(Date.now() / 1_000);
const signed = (timestamp = now(), secrets = [secret]) => signWebhook({ id: 'msg_1', timestamp, body }, secrets);

describe('signWebhook', () => {
  it('should be what a receiver with the package of Standard Webhooks verifies', () => {
    expect(new Webhook(secret).verify(body, signed())).toEqual(JSON.parse(body));
    expect(signed()['webhook-signature']).toMatch(/^v1,[A-Za-z0-9+/]{43}=$/);
  });

  it('should not verify with any of its parts changed', () => {
    const headers = signed();
    const flipped = headers['webhook-signature'].replace(/^v1,(.)/, (_, first) => `v1,${first === 'A' ? 'B' : 'A'}`);
    const receiver = new Webhook(secret);
    expect(() => receiver.verify(body, { ...headers, 'webhook-id': 'msg_2' })).toThrow('No matching signature');
    const earlier = String(Number(headers['webhook-timestamp']) - 1);
    expect(() => receiver.verify(body, { ...headers, 'webhook-timestamp': earlier })).toThrow('No matching signature');
    expect(() => receiver.verify(body.replace('1.0', '1.1'), headers)).toThrow('No matching signature');
    expect(() => receiver.verify(body, { ...headers, 'webhook-signature': flipped })).toThrow('No matching signature');
    expect(() => new Webhook(newSigningSecret()).verify(body, headers)).toThrow('No matching signature');
  });

  it.each([-360, 360])('should bind the time, so that a message %p s away is refused', (seconds) => {
    expect(() => new Webhook(secret).verify(body, signed(now() + seconds))).toThrow(/timestamp/);
    expect(new Webhook(secret).verify(body, signed(now() + seconds / 2))).toBeTruthy();
  });

  it('should carry a signature by each secret', () => {
    const former = newSigningSecret();
    const headers = signed(now(), [secret, former]);
    expect(headers['webhook-signature'].split(' ')).toHaveLength(2);
    for (const known of [secret, former]) expect(new Webhook(known).verify(body, headers)).toBeTruthy();
  });

  it('should make secrets that are never the same and long enough', () => {
    expect(newSigningSecret()).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(newSigningSecret()).not.toBe(newSigningSecret());
  });
});
