import { createHash, generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto';
import {
  ACCESS_TOKEN_TYPE,
  TOKEN_AUDIENCE,
  TOKEN_ISSUER,
  apiKeyEvents,
  oauthClientEvents,
  policyEvents,
  sessionEvents,
  settingsEvents,
  signingKeyEvents,
  userEvents,
  userSubject,
  type CredentialOwner,
  type EventContract,
  type Permission,
  type PersonRole,
} from '@ao/contracts';
import type { RecordedEvent } from '@ao/event-log';
import { isoTime, newId, streamId, type Clock } from '@ao/kernel';
import { SignJWT, type JWTPayload } from 'jose';
import { AuthenticationView } from './authentication.view';
import { bootstrapKeySource } from './bootstrap-key.source';
import { clientAddress } from './client-address';
import type { Door } from './door';
import type { Refused } from './refusals';
import { PrincipalResolver, type PrincipalSource } from './resolver';

/** A view that a test folds by hand, in place of the subscription. */
export class TestAuthentication {
  view = new AuthenticationView();
  ready = true;
  caughtUpTimes = 0;
  /** What arrives while somebody waits for the view to be where the log is. */
  onCaughtUp: () => void = () => undefined;
  private position = 0;
  private readonly listeners: (() => void)[] = [];

  async caughtUp(): Promise<void> {
    this.caughtUpTimes += 1;
    this.onCaughtUp();
  }

  onChange(listener: () => void): void {
    this.listeners.push(listener);
  }

  fold(...facts: readonly Fact[]): void {
    for (const fact of facts) this.view.fold(recorded(fact, (this.position += 1)));
    for (const listener of this.listeners) listener();
  }
}

export interface TestDoor extends Door {
  readonly refusals: Refused[];
}

/** A door that knows the bootstrap key and what else it is given. */
export function testDoor(
  bootstrapKey: string,
  authentication = new TestAuthentication(),
  ...sources: PrincipalSource[]
): TestDoor {
  const refusals: Refused[] = [];
  return {
    addressOf: clientAddress([]),
    authentication,
    resolver: new PrincipalResolver([bootstrapKeySource(bootstrapKey), ...sources]),
    refused: (refused) => refusals.push(refused),
    refusals,
  };
}

/** An event that is to happen: as the log's `append` takes it, or folded directly. */
export interface Fact {
  readonly stream: string;
  readonly contract: EventContract;
  readonly data: object;
}

export function recorded({ stream, contract, data }: Fact, position: number): RecordedEvent {
  return {
    ...{ position, stream_id: stream, category: contract.category, version: 1, type: contract.type, data },
    schema_version: contract.schemaVersion,
    metadata: {} as RecordedEvent['metadata'],
    recorded_at: isoTime(position),
  };
}

/** Stands for a sealed text: nobody here opens it. */
const sealed = (subject: string) => `s1.${subject}.${'A'.repeat(40)}`;
const digest = (text: string) => createHash('sha256').update(text).digest('hex');

/** What identity does, without it: the facts of users, sessions and keys, and tokens signed by a key of its own. */
export class TestIdentity {
  readonly kid = newId();
  readonly publicKey: KeyObject;
  private readonly privateKey: KeyObject;

  constructor(private readonly clock: Clock = Date) {
    ({ publicKey: this.publicKey, privateKey: this.privateKey } = generateKeyPairSync('ed25519'));
  }

  signingKey(): Fact {
    const data = {
      ...{ key_id: this.kid, private_key: sealed('installation'), created_at: this.now() },
      public_key: this.publicKey.export({ format: 'jwk' }).x,
    };
    return this.fact('signingkey', this.kid, signingKeyEvents.SigningKeyCreated, data);
  }

  user(user_id: string, role: PersonRole): Fact {
    return this.fact('user', user_id, userEvents.UserRegistered, {
      ...{ user_id, role, source: 'administration', registered_at: this.now(), email_index: digest(user_id) },
      ...{ email: sealed(userSubject(user_id)), full_name: sealed(userSubject(user_id)) },
      password: sealed(userSubject(user_id)),
    });
  }

  userChange(user_id: string, type: keyof typeof userEvents, more: object = {}): Fact {
    return this.fact('user', user_id, userEvents[type], { user_id, at: this.now(), ...more });
  }

  session(session_id: string, user_id: string, more: object = {}): Fact {
    return this.fact('session', session_id, sessionEvents.SessionStarted, {
      ...{ session_id, user_id, credential_version: 1, seed: sealed(userSubject(user_id)), mfa: false },
      ...{ address: null, user_agent: null, started_at: this.now(), expires_at: this.in(3_600) },
      ...more,
    });
  }

  sessionEnd(session_id: string, user_id: string): Fact {
    const data = { session_id, user_id, reason: 'revoked', at: this.now() };
    return this.fact('session', session_id, sessionEvents.SessionEnded, data);
  }

  /** The fact and the key. */
  apiKey(
    scopes: readonly Permission[],
    owner: CredentialOwner,
    more: object = {},
  ): { fact: Fact; key: string; id: string } {
    const id = newId();
    const secret = randomBytes(32).toString('base64url');
    const data = {
      ...{ api_key_id: id, name: 'a key', secret_hash: digest(secret), scopes, owner, rate_limit: null },
      ...{ expires_at: null, created_at: this.now(), ...more },
    };
    return {
      ...{ id, key: `ao_live_${id.replaceAll('-', '')}_${secret}` },
      fact: this.fact('apikey', id, apiKeyEvents.ApiKeyCreated, data),
    };
  }

  apiKeyEnd(id: string): Fact {
    return this.fact('apikey', id, apiKeyEvents.ApiKeyRevoked, { api_key_id: id, at: this.now() });
  }

  client(client_id: string, scopes: readonly Permission[], owner: CredentialOwner): Fact {
    return this.fact('oauthclient', client_id, oauthClientEvents.OAuthClientCreated, {
      ...{ client_id, name: 'a client', secret_hash: digest(client_id), scopes, owner, rate_limit: null },
      created_at: this.now(),
    });
  }

  clientEnd(client_id: string): Fact {
    return this.fact('oauthclient', client_id, oauthClientEvents.OAuthClientRevoked, { client_id, at: this.now() });
  }

  ipRules(allow: readonly string[], block: readonly string[]): Fact {
    const list = (cidrs: readonly string[]) => cidrs.map((cidr) => ({ cidr, description: '' }));
    const data = { rules: { allow: list(allow), block: list(block) }, at: this.now() };
    return this.fact('policy', '9c0e7d52-6d7b-5a0e-8f51-2f3c1f0a7b11', policyEvents.IpRulesChanged, data);
  }

  security(settings: object): Fact {
    const data = { settings, changed: Object.keys(settings), at: this.now() };
    return this.fact('policy', '9c0e7d52-6d7b-5a0e-8f51-2f3c1f0a7b11', policyEvents.SecuritySettingsChanged, data);
  }

  setting(name: string, value: unknown): Fact {
    const data = { changes: [{ name, value, previous: null }], at: this.now() };
    return this.fact('settings', '2b1f0a7b-6d7b-5a0e-8f51-9c0e7d527b11', settingsEvents.SettingsChanged, data);
  }

  /** Claims of a person's token that nothing is wrong with. */
  userClaims(sub: string, sid: string): JWTPayload {
    const now = Math.floor(this.clock.now() / 1000);
    return {
      ...{ iss: TOKEN_ISSUER, aud: TOKEN_AUDIENCE, jti: newId(), iat: now, exp: now + 900 },
      ...{ kind: 'user', sub, sid, mfa: false, auth_time: now },
    };
  }

  clientClaims(sub: string, scopes: readonly Permission[]): JWTPayload {
    const now = Math.floor(this.clock.now() / 1000);
    return {
      ...{ iss: TOKEN_ISSUER, aud: TOKEN_AUDIENCE, jti: newId(), iat: now, exp: now + 900 },
      ...{ kind: 'client', sub, scopes },
    };
  }

  sign(claims: JWTPayload, header: object = {}): Promise<string> {
    return new SignJWT(claims)
      .setProtectedHeader({ alg: 'EdDSA', typ: ACCESS_TOKEN_TYPE, kid: this.kid, ...header })
      .sign(this.privateKey);
  }

  /** A signature over anything, by the key that is trusted. */
  get key(): KeyObject {
    return this.privateKey;
  }

  private fact(category: string, id: string, contract: EventContract, data: object): Fact {
    return { stream: streamId(category, id), contract, data };
  }

  private now(): string {
    return isoTime(this.clock.now());
  }

  private in(seconds: number): string {
    return isoTime(this.clock.now() + seconds * 1000);
  }
}
