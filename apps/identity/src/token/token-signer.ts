import {
  ACCESS_TOKEN_TYPE,
  Id,
  MFA_TOKEN_AUDIENCE,
  MFA_TOKEN_TYPE,
  TOKEN_ALGORITHM,
  TOKEN_AUDIENCE,
  TOKEN_ISSUER,
  type AgentTokenClaims,
  type ClientTokenClaims,
  type UserTokenClaims,
} from '@ao/contracts';
import { newId, type Clock } from '@ao/kernel';
import { errors, jwtVerify, SignJWT, type JWTPayload } from 'jose';
import { z } from 'zod';
import type { SigningKeyRing } from './signing-keys';

type Common = 'iss' | 'aud' | 'jti' | 'iat' | 'exp';
/** What a token says, less what every token says. */
export type UnsignedClaims =
  Omit<UserTokenClaims, Common> | Omit<ClientTokenClaims, Common> | Omit<AgentTokenClaims, Common>;

const MfaClaims = z.object({ user_id: Id, credential_version: z.int() });

/** Makes the tokens that the gateway verifies alone, and those that only identity reads. */
export interface TokenSigner {
  sign(claims: UnsignedClaims, seconds: number): Promise<string>;
  /**
   * Stands for the password of a login whose second step is missing; no gateway accepts it. Names the credentials it was made
   * for, so that it ends with them.
   */
  signMfa(userId: string, seconds: number, credentialVersion: number): Promise<string>;
  /** Undefined for anything that is not such a token, or is one no more. */
  verifyMfa(token: string): Promise<{ readonly user_id: string; readonly credential_version: number } | undefined>;
}

export function createTokenSigner(keys: Pick<SigningKeyRing, 'signer' | 'verifier'>, clock: Clock): TokenSigner {
  async function signed(payload: JWTPayload, typ: string, audience: string, seconds: number): Promise<string> {
    const { key_id, key } = await keys.signer();
    const now = Math.floor(clock.now() / 1000);
    return new SignJWT(payload)
      .setProtectedHeader({ alg: TOKEN_ALGORITHM, typ, kid: key_id })
      .setIssuer(TOKEN_ISSUER)
      .setAudience(audience)
      .setJti(newId())
      .setIssuedAt(now)
      .setExpirationTime(now + seconds)
      .sign(key);
  }

  return {
    sign: (claims, seconds) => signed({ ...claims }, ACCESS_TOKEN_TYPE, TOKEN_AUDIENCE, seconds),
    signMfa: (userId, seconds, credential_version) =>
      signed({ sub: userId, credential_version }, MFA_TOKEN_TYPE, MFA_TOKEN_AUDIENCE, seconds),
    async verifyMfa(token) {
      try {
        const { payload } = await jwtVerify(
          token,
          ({ kid }) => {
            const key = kid === undefined ? undefined : keys.verifier(kid);
            if (!key) throw new errors.JWKSNoMatchingKey();
            return key;
          },
          {
            algorithms: [TOKEN_ALGORITHM],
            issuer: TOKEN_ISSUER,
            audience: MFA_TOKEN_AUDIENCE,
            typ: MFA_TOKEN_TYPE,
            requiredClaims: ['sub', 'jti', 'iat', 'exp'],
            currentDate: new Date(clock.now()),
          },
        );
        const said = MfaClaims.safeParse({ user_id: payload.sub, credential_version: payload['credential_version'] });
        return said.success ? said.data : undefined;
      } catch (error) {
        if (error instanceof errors.JOSEError) return undefined;
        throw error;
      }
    },
  };
}
