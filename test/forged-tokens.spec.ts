import { createHmac, createPublicKey, generateKeyPairSync, sign as signBytes, type KeyObject } from 'node:crypto';
import { createEventLog, type EventLog } from '@ao/event-log';
import { newId } from '@ao/kernel';
import { eventually, testStack, type TestStack } from '@ao/testing';
import { EncryptJWT, SignJWT, type JWTPayload } from 'jose';
import { TestIdentity } from '../apps/gateway/src/access/access.testing';
import { appendFacts } from '../apps/gateway/src/access/append-facts.testing';

/** Tokens that a forger could send (RFC 8725): none gets in, and one that nothing is wrong with does. */
describe('forged tokens', () => {
  const identity = new TestIdentity();
  const [user, session] = [newId(), newId()];
  let stack: TestStack;
  let log: EventLog;

  beforeAll(async () => {
    stack = await testStack({ services: ['gateway'] });
    log = createEventLog({ pool: stack.database.pool('identity') });
    await appendFacts(log, identity.signingKey(), identity.user(user, 'admin'), identity.session(session, user));
  });
  afterAll(async () => {
    await log?.close();
    await stack?.stop();
  });

  const present = async (token: string) => {
    const answer = await fetch(`${stack.url}/api/v1/tasks?limit=1`, { headers: { authorization: `Bearer ${token}` } });
    return { status: answer.status, body: await answer.text() };
  };
  const claims = (more: JWTPayload = {}) => ({ ...identity.userClaims(user, session), ...more });
  const HEADER = { alg: 'EdDSA', typ: 'at+jwt', kid: identity.kid };
  const base64 = (value: object | string) =>
    Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
  /** Signed by the trusted key, whatever header and payload are. */
  const signed = (header: object | string, payload: object | string) => {
    const text = `${base64(header)}.${base64(payload)}`;
    return `${text}.${signBytes(null, Buffer.from(text), identity.key).toString('base64url')}`;
  };
  const hmac = (key: string | Buffer) => {
    const text = `${base64({ ...HEADER, alg: 'HS256' })}.${base64(claims())}`;
    return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`;
  };
  const unsigned = (alg: string) => `${base64({ ...HEADER, alg })}.${base64(claims())}.`;
  const byAnother = (header: object = {}, key: KeyObject = generateKeyPairSync('ed25519').privateKey) =>
    new SignJWT(claims()).setProtectedHeader({ ...HEADER, ...header }).sign(key);
  const without = (name: string) => {
    const { [name]: _left, ...rest } = claims();
    return signed(HEADER, rest);
  };
  const now = () => Math.floor(Date.now() / 1000);

  it('should let the good one in', async () => {
    await eventually(async () => expect((await present(await identity.sign(claims()))).status).toBe(200));
    expect((await present(signed(HEADER, claims()))).status).toBe(200);
  });

  const other = generateKeyPairSync('ed25519');
  const FORGED: Readonly<Record<string, () => string | Promise<string>>> = {
    'alg none': () => unsigned('none'),
    'alg None': () => unsigned('None'),
    'alg nOnE': () => unsigned('nOnE'),
    'alg none, with a signature': () => signed({ ...HEADER, alg: 'none' }, claims()),
    'HS256 over the public key as PEM': () => hmac(identity.publicKey.export({ type: 'spki', format: 'pem' })),
    'HS256 over the public key as DER': () => hmac(identity.publicKey.export({ type: 'spki', format: 'der' })),
    'an embedded jwk': () => byAnother({ jwk: other.publicKey.export({ format: 'jwk' }) }, other.privateKey),
    jku: () => byAnother({ jku: 'https://evil.example/jwks.json' }),
    x5u: () => byAnother({ x5u: 'https://evil.example/cert.pem' }),
    'kid as a path': () => byAnother({ kid: '../../dev/null' }),
    'kid as SQL': () => byAnother({ kid: `' union select 'key' --` }),
    'kid that is not known': () => byAnother({ kid: newId() }),
    'no kid': () => byAnother({ kid: undefined }),
    'another key under a known kid': () => byAnother(),
    'the wrong issuer': () => signed(HEADER, claims({ iss: 'https://evil.example' })),
    'the wrong audience': () => signed(HEADER, claims({ aud: 'somebody-else' })),
    'the audience among others': () => signed(HEADER, claims({ aud: ['agent-orchestration', 'somebody-else'] })),
    'the wrong typ': () => signed({ ...HEADER, typ: 'JWT' }, claims()),
    'a token between two steps of a login': () => signed({ ...HEADER, typ: 'mfa+jwt' }, claims()),
    'no typ': () => signed({ alg: 'EdDSA', kid: identity.kid }, claims()),
    'a refresh token': () => `ao_rt_${session.replaceAll('-', '')}_1_${'A'.repeat(43)}`,
    'exp that is past': () => signed(HEADER, claims({ iat: now() - 901, exp: now() - 1 })),
    'nbf in the future': () => signed(HEADER, claims({ nbf: now() + 60 })),
    'no exp': () => without('exp'),
    'no iat': () => without('iat'),
    'no jti': () => without('jti'),
    'exp as text': () => signed(HEADER, { ...claims(), exp: String(now() + 900) }),
    'exp in ten years': () => signed(HEADER, claims({ exp: now() + 315_360_000 })),
    'issued in the future': () => signed(HEADER, claims({ iat: now() + 60, exp: now() + 900 })),
    'a signature cut short': async () => (await identity.sign(claims())).slice(0, -4),
    'no signature': async () => (await identity.sign(claims())).replace(/[^.]*$/, ''),
    'a signature of zeros': () => `${base64(HEADER)}.${base64(claims())}.${'A'.repeat(86)}`,
    'ES256 with r and s of 0': () => `${base64({ ...HEADER, alg: 'ES256' })}.${base64(claims())}.${'A'.repeat(86)}`,
    'crit that is not known': () => signed({ ...HEADER, crit: ['x'], x: 1 }, claims()),
    'a payload that is not encoded (b64)': () => signed({ ...HEADER, crit: ['b64'], b64: false }, claims()),
    'a nested JWE': async () =>
      new EncryptJWT(claims()).setProtectedHeader({ alg: 'dir', enc: 'A256GCM' }).encrypt(Buffer.alloc(32, 1)),
    'a claim named twice': () => signed(HEADER, JSON.stringify(claims()).replace('{', `{"sub":"${newId()}",`)),
    'a header named twice': () => signed(JSON.stringify(HEADER).replace('{', '{"alg":"none",'), claims()),
    'another payload under a good signature': async () => {
      const [header, , signature] = (await identity.sign(claims())).split('.');
      return `${header}.${base64(claims({ sub: newId() }))}.${signature}`;
    },
    'a kind that there is not': () => signed(HEADER, claims({ kind: 'agent' })),
    'the session of nobody': () => signed(HEADER, claims({ sid: newId() })),
    'scopes that no client has': () => signed(HEADER, { ...identity.clientClaims(newId(), ['tasks:read']) }),
    '4 kB and a little': () => signed(HEADER, claims({ padding: 'x'.repeat(4_200) })),
    'three dots': () => '...',
  };

  it.each(Object.entries(FORGED))('rejects %s', async (_name, forge) => {
    const { status, body } = await present(await forge());
    expect(status).toBe(401);
    expect(JSON.parse(body)).toMatchObject({ code: 'unauthenticated', errors: [] });
    // Nobody is told what was wrong.
    expect(JSON.parse(body).detail).toBe('The credential in the Authorization header is not valid');
  });

  it('rejects 100 kB before it looks at it', async () => {
    const { status } = await present(signed(HEADER, claims({ padding: 'x'.repeat(100_000) }))).catch(() => ({
      status: 431,
    }));
    expect([401, 431]).toContain(status);
  });

  it('should still let a good one in after all that', async () => {
    expect((await present(await identity.sign(claims()))).status).toBe(200);
    expect(Object.keys(FORGED).length).toBeGreaterThanOrEqual(20);
    expect(createPublicKey(identity.key).equals(identity.publicKey)).toBe(true);
  });
});
