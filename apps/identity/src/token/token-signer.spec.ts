import { createHmac, generateKeyPairSync } from 'node:crypto';
import {
  MFA_TOKEN_AUDIENCE,
  MFA_TOKEN_TYPE,
  TOKEN_AUDIENCE,
  TOKEN_ISSUER,
  UserTokenClaims,
  ClientTokenClaims,
} from '@ao/contracts';
import { newId } from '@ao/kernel';
import { decodeJwt, decodeProtectedHeader, jwtVerify, SignJWT } from 'jose';
import { createTokenSigner } from './token-signer';

const NOW = Date.parse('2026-01-01T00:00:00.000Z');

function harness() {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const key_id = newId();
  const clock = { at: NOW, now: () => clock.at };
  let trusted = true;
  const signer = createTokenSigner(
    {
      signer: () => Promise.resolve({ key_id, key: privateKey }),
      verifier: (kid) => (trusted && kid === key_id ? publicKey : undefined),
    },
    clock,
  );
  return { signer, clock, key_id, publicKey, privateKey, retire: () => (trusted = false) };
}

const user_id = newId();
const person = { kind: 'user', sub: user_id, sid: newId(), mfa: true, auth_time: NOW / 1000 } as const;

describe('access tokens', () => {
  it('should say what the contract says, and name the key that signed', async () => {
    const { signer, key_id, publicKey } = harness();
    const token = await signer.sign(person, 900);
    expect(decodeProtectedHeader(token)).toEqual({ alg: 'EdDSA', typ: 'at+jwt', kid: key_id });
    const claims = UserTokenClaims.parse(decodeJwt(token));
    expect(claims).toMatchObject({ ...person, iat: NOW / 1000, exp: NOW / 1000 + 900 });
    await jwtVerify(token, publicKey, {
      algorithms: ['EdDSA'],
      issuer: TOKEN_ISSUER,
      audience: TOKEN_AUDIENCE,
      currentDate: new Date(NOW),
    });
    expect(decodeJwt(await signer.sign(person, 900)).jti).not.toBe(claims.jti);
  });

  it('should be made for clients as well', async () => {
    const { signer } = harness();
    const client = { kind: 'client', sub: newId(), scopes: ['agents:read' as const] } as const;
    expect(
      ClientTokenClaims.parse(decodeJwt(await signer.sign({ ...client, scopes: ['agents:read'] }, 60))),
    ).toMatchObject(client);
  });
});

describe('tokens between the two steps of a login', () => {
  it('should name the user until they expire', async () => {
    const { signer, clock } = harness();
    const token = await signer.signMfa(user_id, 300, 3);
    expect(await signer.verifyMfa(token)).toEqual({ user_id, credential_version: 3 });
    clock.at += 301_000;
    expect(await signer.verifyMfa(token)).toBeUndefined();
  });

  it('should end with the trust in their key', async () => {
    const { signer, retire } = harness();
    const token = await signer.signMfa(user_id, 300, 3);
    retire();
    expect(await signer.verifyMfa(token)).toBeUndefined();
  });

  it('rejects access tokens, and whatever was not signed so', async () => {
    const { signer, key_id, privateKey, publicKey } = harness();
    const exp = NOW / 1000 + 300;
    const forge = (header: object, payload: object) =>
      new SignJWT({
        sub: user_id,
        jti: newId(),
        iat: NOW / 1000,
        exp,
        iss: TOKEN_ISSUER,
        credential_version: 3,
        ...payload,
      })
        .setProtectedHeader({ alg: 'EdDSA', kid: key_id, typ: MFA_TOKEN_TYPE, ...header })
        .sign(privateKey);
    const aud = MFA_TOKEN_AUDIENCE;
    // The control: without a flaw it would be taken.
    expect(await signer.verifyMfa(await forge({}, { aud }))).toEqual({ user_id, credential_version: 3 });

    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const body = part({
      sub: user_id,
      jti: newId(),
      iat: NOW / 1000,
      exp,
      iss: TOKEN_ISSUER,
      aud,
      credential_version: 3,
    });
    const hs = `${part({ alg: 'HS256', kid: key_id, typ: MFA_TOKEN_TYPE })}.${body}`;
    const pem = publicKey.export({ format: 'pem', type: 'spki' });
    const forged = [
      await signer.sign(person, 300),
      await forge({}, { aud: TOKEN_AUDIENCE }),
      await forge({ typ: 'at+jwt' }, { aud }),
      await forge({ typ: undefined }, { aud }),
      await forge({ kid: 'x' }, { aud }),
      await forge({ kid: undefined }, { aud }),
      await forge({}, { aud, iss: 'else' }),
      await forge({}, { aud, sub: 'nobody' }),
      await forge({}, { aud, sub: undefined }),
      await forge({}, { aud, credential_version: undefined }),
      await forge({}, { aud, exp: undefined }),
      await forge({}, { aud, exp: NOW / 1000 - 1 }),
      await forge({}, { aud, nbf: exp }),
      `${part({ alg: 'none', kid: key_id, typ: MFA_TOKEN_TYPE })}.${body}.`,
      `${hs}.${createHmac('sha256', pem).update(hs).digest('base64url')}`,
      (await forge({}, { aud })).slice(0, -4),
      '',
      'a.b.c',
      'x'.repeat(100_000),
    ];
    for (const token of forged) expect(await signer.verifyMfa(token)).toBeUndefined();
  });
});
