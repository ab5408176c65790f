import { createPublicKey, X509Certificate, type KeyObject } from 'node:crypto';
import {
  CERTIFICATE_SECONDS,
  DEFAULT_POLICIES,
  DEFAULT_SETTINGS,
  evolvePolicies,
  evolveSettings,
  evolveUser,
  type AgentCaEvent,
  type AgentEvent,
  type ApiKeyDocument,
  type ApiKeyEvent,
  type CertificateEvent,
  type CertificatesDocument,
  type CredentialOwner,
  type OAuthClientDocument,
  type OAuthClientEvent,
  type Permission,
  type Policies,
  type PolicyEvent,
  type RateLimit,
  type SessionDocument,
  type SessionEvent,
  type SettingValues,
  type SettingsEvent,
  type SigningKeyEvent,
  type UserDocument,
  type UserEvent,
} from '@ao/contracts';
import type { Position, RecordedEvent } from '@ao/event-log';
import { addressGate } from './ip-rules';

/** Kept by the models of read_models, and followed from their checkpoints. */
export const MODELLED_CATEGORIES = ['user', 'session', 'apikey', 'oauthclient', 'certificate', 'agent'] as const;
/** Few events each: read from the log's beginning. */
export const SMALL_CATEGORIES = ['policy', 'settings', 'signingkey', 'agentca'] as const;
export const CATEGORIES: readonly string[] = [...MODELLED_CATEGORIES, ...SMALL_CATEGORIES];

/** A user without what is personal; the rest is what `credential_version` needs to be folded. */
export type KnownUser = Readonly<UserDocument>;

export interface KnownSession {
  readonly userId: string;
  readonly credentialVersion: number;
  readonly expiresAt: number;
}

/** An API key or an OAuth client. */
export interface KnownCredential {
  readonly id: string;
  /** SHA-256 of the secret. */
  readonly secretHash: Buffer;
  readonly scopes: readonly Permission[];
  readonly owner: CredentialOwner;
  readonly rateLimit: RateLimit | undefined;
  readonly expiresAt: number;
  /** What its scopes leave of the owner's permissions, remembered until those are others. */
  effective?: { readonly of: ReadonlySet<Permission>; readonly permissions: ReadonlySet<Permission> };
}

/**
 * What every replica must know to judge a credential by itself, in memory. Bounded by what is alive: sessions that ended or
 * expired, keys and clients that are revoked or expired, and users that are erased are dropped (about 400 bytes for each
 * that is kept); of agents it holds only those whose certificates were revoked, until they would have expired. A fold of the events of `CATEGORIES`; an event that it holds already changes nothing.
 */
export class AuthenticationView {
  private readonly users = new Map<string, KnownUser>();
  private readonly sessions = new Map<string, KnownSession>();
  private readonly apiKeys = new Map<string, KnownCredential>();
  private readonly clients = new Map<string, KnownCredential>();
  private readonly signingKeys = new Map<string, KeyObject>();
  /** Authorities of the agents' certificates, by id. */
  private readonly agentCas = new Map<string, X509Certificate>();
  /** Certificates that were revoked before they expire, by serial: until when they are to be remembered. */
  private readonly revoked = new Map<string, number>();
  /** Agents that are gone, and until when what they had could be shown. */
  private readonly goneAgents = new Map<string, number>();
  private readonly foldedUpTo = new Map<string, Position>();
  private policiesNow: Policies = DEFAULT_POLICIES;
  private settingsNow: SettingValues;
  /** Whether the IP rules in force let the address in. */
  permits: (address: string) => boolean = addressGate(DEFAULT_POLICIES.ip_rules);

  /** `defaults`: what this installation's configuration says while nobody has set it otherwise. */
  constructor(defaults: Partial<SettingValues> = {}) {
    this.settingsNow = { ...DEFAULT_SETTINGS, ...defaults };
  }

  get policies(): Policies {
    return this.policiesNow;
  }

  get settings(): SettingValues {
    return this.settingsNow;
  }

  user = (id: string): KnownUser | undefined => this.users.get(id);
  session = (id: string): KnownSession | undefined => this.sessions.get(id);
  apiKey = (id: string): KnownCredential | undefined => this.apiKeys.get(id);
  client = (id: string): KnownCredential | undefined => this.clients.get(id);
  signingKey = (id: string): KeyObject | undefined => this.signingKeys.get(id);
  /** Whether a certificate that was issued, and has not expired, is good. */
  certificateHolds = (agentId: string, serial: string): boolean =>
    !this.revoked.has(serial) && !this.goneAgents.has(agentId);

  /** Whether the agent was deleted, as long as a connection of before may be open. */
  isGone = (agentId: string): boolean => this.goneAgents.has(agentId);

  /** Those whose signature counts now, under an agent's certificate; oldest first. */
  authorities = (now: number): readonly X509Certificate[] =>
    [...this.agentCas.values()].filter(({ validTo }) => Date.parse(validTo) > now);

  /** How many of each are kept. */
  get size(): Readonly<Record<'users' | 'sessions' | 'apiKeys' | 'clients', number>> {
    const { users, sessions, apiKeys, clients } = this;
    return { users: users.size, sessions: sessions.size, apiKeys: apiKeys.size, clients: clients.size };
  }

  /** From here on the category's events up to `position` are in what was put in. */
  startAt(category: string, position: Position): void {
    this.foldedUpTo.set(category, position);
  }

  positionOf(category: string): Position {
    return this.foldedUpTo.get(category) ?? 0;
  }

  putUser(user: UserDocument): void {
    if (user.status === 'erased') this.users.delete(user.user_id);
    else this.users.set(user.user_id, { ...user, email: '', email_index: null, full_name: '' });
  }

  putSession(session: SessionDocument): void {
    const { session_id, user_id, credential_version, expires_at, ended_at } = session;
    if (ended_at !== null) this.sessions.delete(session_id);
    else
      this.sessions.set(session_id, {
        userId: user_id,
        credentialVersion: credential_version,
        expiresAt: Date.parse(expires_at),
      });
  }

  putApiKey(key: ApiKeyDocument): void {
    if (key.revoked_at !== null) this.apiKeys.delete(key.api_key_id);
    else this.apiKeys.set(key.api_key_id, credential(key.api_key_id, key, key.expires_at));
  }

  putClient(client: OAuthClientDocument): void {
    if (client.revoked_at !== null) this.clients.delete(client.client_id);
    else this.clients.set(client.client_id, credential(client.client_id, client, null));
  }

  putCertificates({ agent_id, certificates, deregistered_at }: CertificatesDocument): void {
    if (deregistered_at !== null) this.goneAgents.set(agent_id, goneUntil(deregistered_at));
    for (const { serial, expires_at, revoked_at } of certificates)
      if (revoked_at !== null) this.revoked.set(serial, Date.parse(expires_at));
  }

  fold(event: RecordedEvent): void {
    const { category, position } = event;
    if (position <= this.positionOf(category)) return;
    this.foldedUpTo.set(category, position);
    switch (category) {
      case 'user':
        return this.foldUser(event as RecordedEvent & UserEvent);
      case 'session':
        return this.foldSession(event as RecordedEvent & SessionEvent);
      case 'apikey':
        return this.foldApiKey(event as RecordedEvent & ApiKeyEvent);
      case 'oauthclient':
        return this.foldClient(event as RecordedEvent & OAuthClientEvent);
      case 'certificate':
        return this.foldCertificate(event as RecordedEvent & CertificateEvent);
      case 'agent':
        return this.foldAgent(event as RecordedEvent & AgentEvent);
      case 'signingkey':
        return this.foldSigningKey(event as RecordedEvent & SigningKeyEvent);
      case 'agentca':
        return this.foldAgentCa(event as RecordedEvent & AgentCaEvent);
      case 'policy':
        this.policiesNow = evolvePolicies(this.policiesNow, event as RecordedEvent & PolicyEvent);
        if (event.type === 'IpRulesChanged') this.permits = addressGate(this.policiesNow.ip_rules);
        return;
      case 'settings':
        this.settingsNow = evolveSettings(this.settingsNow, event as RecordedEvent & SettingsEvent);
        return;
      default:
    }
  }

  /** Drops what time alone has ended, and the sessions that a change of their user has. */
  sweep(now: number): void {
    for (const [id, session] of this.sessions) {
      const user = this.users.get(session.userId);
      if (session.expiresAt <= now || user?.credential_version !== session.credentialVersion) this.sessions.delete(id);
    }
    for (const [id, key] of this.apiKeys) if (key.expiresAt <= now) this.apiKeys.delete(id);
    for (const [serial, until] of this.revoked) if (until <= now) this.revoked.delete(serial);
    for (const [id, until] of this.goneAgents) if (until <= now) this.goneAgents.delete(id);
  }

  private foldUser(event: UserEvent): void {
    const user = evolveUser(this.users.get(event.data.user_id), event);
    if (user) this.putUser(user);
  }

  private foldSession(event: SessionEvent): void {
    if (event.type === 'SessionEnded') this.sessions.delete(event.data.session_id);
    if (event.type !== 'SessionStarted') return;
    const { seed: _seed, ...data } = event.data;
    this.putSession({ ...data, refreshed_at: data.started_at, ended_at: null, end_reason: null });
  }

  private foldApiKey(event: ApiKeyEvent): void {
    if (event.type === 'ApiKeyCreated') this.putApiKey({ ...event.data, revoked_at: null });
    if (event.type === 'ApiKeyRevoked') this.apiKeys.delete(event.data.api_key_id);
  }

  private foldClient(event: OAuthClientEvent): void {
    if (event.type === 'OAuthClientCreated') this.putClient({ ...event.data, revoked_at: null });
    if (event.type === 'OAuthClientRevoked') this.clients.delete(event.data.client_id);
  }

  private foldCertificate({ type, data }: CertificateEvent): void {
    if (type === 'AgentCertificateRevoked') this.revoked.set(data.serial, Date.parse(data.expires_at));
  }

  private foldAgent({ type, data }: AgentEvent): void {
    if (type === 'AgentDeregistered') this.goneAgents.set(data.agent_id, goneUntil(data.at));
  }

  private foldAgentCa({ data }: AgentCaEvent): void {
    const authority = authorityCertificate(data.certificate);
    if (authority) this.agentCas.set(data.ca_id, authority);
  }

  private foldSigningKey(event: SigningKeyEvent): void {
    if (event.type === 'SigningKeyRetired') this.signingKeys.delete(event.data.key_id);
    if (event.type !== 'SigningKeyCreated') return;
    const key = publicKey(event.data.public_key);
    if (key) this.signingKeys.set(event.data.key_id, key);
  }
}

/** Nothing that was issued to it before lives longer; a minute for what was under way. */
const goneUntil = (deregisteredAt: string) => Date.parse(deregisteredAt) + CERTIFICATE_SECONDS * 1000 + 60_000;

type CredentialData = Pick<ApiKeyDocument, 'secret_hash' | 'scopes' | 'owner' | 'rate_limit'>;

function credential(id: string, data: CredentialData, expiresAt: string | null): KnownCredential {
  return {
    id,
    secretHash: Buffer.from(data.secret_hash, 'hex'),
    scopes: data.scopes,
    owner: data.owner,
    rateLimit: data.rate_limit ?? undefined,
    expiresAt: expiresAt === null ? Number.POSITIVE_INFINITY : Date.parse(expiresAt),
  };
}

/** Undefined for what is no certificate: such an authority signed nothing. */
function authorityCertificate(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

/** Undefined for what is no point of the curve: such a key verifies nothing, and the view goes on without it. */
function publicKey(x: string): KeyObject | undefined {
  try {
    return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  } catch {
    return undefined;
  }
}
