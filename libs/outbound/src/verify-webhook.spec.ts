import { createHmac } from 'node:crypto';
import { newSigningSecret, signWebhook } from './sign-webhook';
import { whyNotSigned, whyNotSignedLikeGitHub } from './verify-webhook';

const NOW = 1_760_000_000;
const SECRET = newSigningSecret();
const BODY = '{"a":1}';

function message(change: { id?: string; at?: number; body?: string; secret?: string } = {}) {
  const { id = 'msg_1', at = NOW, body = BODY, secret = SECRET } = change;
  const headers = signWebhook({ id, timestamp: at, body }, [secret]);
  return { id, timestamp: headers['webhook-timestamp'], signature: headers['webhook-signature'], body };
}

describe('a signed message', () => {
  it('should be taken with any of the secrets, and with any of its signatures', () => {
    expect(whyNotSigned(message(), [newSigningSecret(), SECRET], NOW)).toBeUndefined();
    const { signature, ...rest } = message();
    expect(whyNotSigned({ ...rest, signature: `v1,AAAA v2,x ${signature}` }, [SECRET], NOW)).toBeUndefined();
  });

  // The example of the standard's own test vectors.
  it('should be taken as other libraries sign it', () => {
    const standard = {
      ...{ id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestamp: '1614265330', body: '{"test": 2432232314}' },
      signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    };
    expect(whyNotSigned(standard, ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'], 1_614_265_330)).toBeUndefined();
  });

  it.each([
    ['another body', { ...message(), body: '{"a":2}' }],
    ['another id', { ...message(), id: 'msg_2' }],
    ['another time', { ...message(), timestamp: String(NOW - 1) }],
    ['another secret', message({ secret: newSigningSecret() })],
    ['no signature', { ...message(), signature: '' }],
    ['a signature of another kind', { ...message(), signature: message().signature.replace('v1', 'v1a') }],
    ['an id that holds a dot', message({ id: 'msg.1' })],
    ['no id', message({ id: '' })],
    ['a time that is none', { ...message(), timestamp: '1e9' }],
  ])('rejects %s', (_, given) => {
    expect(whyNotSigned(given, [SECRET], NOW)).toBe('signature_refused');
  });

  it('rejects what is too old or ahead', () => {
    expect(whyNotSigned(message({ at: NOW - 300 }), [SECRET], NOW)).toBeUndefined();
    expect(whyNotSigned(message({ at: NOW - 301 }), [SECRET], NOW)).toBe('timestamp_refused');
    expect(whyNotSigned(message({ at: NOW + 301 }), [SECRET], NOW)).toBe('timestamp_refused');
    expect(whyNotSigned({ ...message({ at: NOW - 301 }), body: '' }, [SECRET], NOW)).toBe('signature_refused');
  });
});

describe('a message that is signed as GitHub does', () => {
  it('should be taken with the secret as text', () => {
    const signature = `sha256=${createHmac('sha256', SECRET).update(BODY).digest('hex')}`;
    expect(whyNotSignedLikeGitHub({ signature, body: BODY }, [SECRET])).toBeUndefined();
    expect(whyNotSignedLikeGitHub({ signature, body: '{}' }, [SECRET])).toBe('signature_refused');
    expect(whyNotSignedLikeGitHub({ signature: signature.slice(7), body: BODY }, [SECRET])).toBe('signature_refused');
    // GitHub's own example.
    const hello = 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17';
    expect(
      whyNotSignedLikeGitHub({ signature: hello, body: 'Hello, World!' }, ["It's a Secret to Everybody"]),
    ).toBeUndefined();
  });
});
