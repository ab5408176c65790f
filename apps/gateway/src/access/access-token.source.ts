import { hash } from 'node:crypto';
import {
  ACCESS_TOKEN_TYPE,
  AccessTokenClaims,
  CERTIFICATE_SECONDS,
  TOKEN_ALGORITHM,
  TOKEN_AUDIENCE,
  TOKEN_ISSUER,
  type Permission,
} from '@ao/contracts';
import { isId, type Clock } from '@ao/kernel';
import { decodeProtectedHeader, jwtVerify } from 'jose';
import { parseJsonText } from '../http/json-body';
import type { Principal } from '../http/principal';
import { agentPrincipal } from './agent.principal';
import type { Authentication } from './authentication';
import { credentialPrincipal, userPrincipal } from './principals';
import type { PrincipalSource, Proven } from './resolver';

const FORM = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;
/** No access token lives longer, whatever it says; with what two clocks may differ. An agent's lives as its certificate. */
const MAX_LIFE_SECONDS = { user: 15 * 60, client: 15 * 60, agent: CERTIFICATE_SECONDS } as const;
const CLOCK_SKEW_SECONDS = 5;
/** A session may be younger than this replica's view of it for so long. */
const FRESH_SECONDS = 60;
/** Verified tokens kept; the oldest go first, and are merely verified again. */
const MAX_VERIFIED = 20_000;

interface Verified {
  readonly expiresAt: number;
  readonly proven: Proven;
}

/** What a good signature says, and whose it is. */
interface Signed {
  readonly kid: string;
  readonly claims: AccessTokenClaims;
}

/**
 * Access tokens (JWT) of users, OAuth clients and agents. A signature is verified once; after that the token is known by its
 * SHA-256 until it expires, and only session, user, client or certificate are looked up, in memory. What fails is not remembered.
 */
export class AccessTokenSource implements PrincipalSource {
  private readonly verified = new Map<string, Verified>();
  private readonly underWay = new Map<string, Promise<Proven | undefined>>();

  constructor(
    private readonly authentication: Pick<Authentication, 'view' | 'caughtUp'>,
    private readonly clock: Clock,
    private readonly maxVerified = MAX_VERIFIED,
  ) {}

  /** How many tokens are remembered. */
  get size(): number {
    return this.verified.size;
  }

  recognises(token: string): boolean {
    return FORM.test(token);
  }

  prove(token: string): Proven | undefined | Promise<Proven | undefined> {
    const digest = hash('sha256', token, 'base64');
    const known = this.verified.get(digest);
    if (known) {
      if (known.expiresAt > this.clock.now()) return known.proven;
      this.verified.delete(digest);
      return undefined;
    }
    let verifying = this.underWay.get(digest);
    if (!verifying) {
      verifying = this.verify(token, digest).finally(() => this.underWay.delete(digest));
      this.underWay.set(digest, verifying);
    }
    return verifying;
  }

  private async verify(token: string, digest: string): Promise<Proven | undefined> {
    const signed = await this.signedClaims(token);
    if (!signed) return undefined;
    const { kid, claims } = signed;
    const now = this.clock.now();
    const expiresAt = claims.exp * 1000;
    // A key that was retired is trusted no more, for what it signed before either.
    const proven = () =>
      expiresAt > this.clock.now() && this.authentication.view.signingKey(kid) ? this.principalOf(claims) : undefined;
    // Issued a moment ago, perhaps through another replica: its session or client may be on the way here.
    if (!proven() && now - claims.iat * 1000 < FRESH_SECONDS * 1000) await this.authentication.caughtUp();
    this.remember(digest, { expiresAt, proven });
    return proven;
  }

  /** Undefined for a token that was not issued here, is not an access token, or is not valid now. */
  private async signedClaims(token: string): Promise<Signed | undefined> {
    try {
      const { kid } = decodeProtectedHeader(token);
      if (typeof kid !== 'string' || !isId(kid)) return undefined;
      const key = this.authentication.view.signingKey(kid) ?? (await this.keyMadeJustNow(kid));
      if (!key) return undefined;
      const { payload } = await jwtVerify(token, key, {
        algorithms: [TOKEN_ALGORITHM],
        issuer: TOKEN_ISSUER,
        audience: TOKEN_AUDIENCE,
        typ: ACCESS_TOKEN_TYPE,
        requiredClaims: ['exp', 'iat', 'jti', 'sub'],
        currentDate: new Date(this.clock.now()),
      });
      // A key named twice is read one way here and another way elsewhere.
      for (const part of token.split('.').slice(0, 2)) parseJsonText(Buffer.from(part, 'base64url').toString('utf8'));
      const claims = AccessTokenClaims.parse(payload);
      const life = claims.exp - claims.iat;
      const early = claims.iat - this.clock.now() / 1000;
      return life <= MAX_LIFE_SECONDS[claims.kind] + CLOCK_SKEW_SECONDS && early <= CLOCK_SKEW_SECONDS
        ? { kid, claims }
        : undefined;
    } catch {
      // Whatever is wrong with it, the answer is the same.
      return undefined;
    }
  }

  private async keyMadeJustNow(kid: string) {
    await this.authentication.caughtUp();
    return this.authentication.view.signingKey(kid);
  }

  private principalOf(claims: AccessTokenClaims): Principal | undefined {
    const { view } = this.authentication;
    if (claims.kind === 'user') return userPrincipal(view, claims, this.clock.now());
    if (claims.kind === 'agent') return agentPrincipal(view, claims);
    const client = view.client(claims.sub);
    const principal = client && credentialPrincipal(view, 'oauth_client', client, this.clock.now());
    return principal && { ...principal, permissions: intersection(principal.permissions, claims.scopes) };
  }

  private remember(digest: string, verified: Verified): void {
    if (this.verified.size >= this.maxVerified) {
      const oldest = this.verified.keys().next();
      if (!oldest.done) this.verified.delete(oldest.value);
    }
    this.verified.set(digest, verified);
  }
}

function intersection(all: ReadonlySet<Permission>, some: readonly Permission[]): ReadonlySet<Permission> {
  return new Set(some.filter((permission) => all.has(permission)));
}
