import { ROLE_PERMISSIONS, type CredentialOwner, type Permission, type RateLimit, type Role } from '@ao/contracts';
import type { Actor } from '@ao/kernel';

/** Who calls, whatever it showed to prove it: what routes, limits and the audit go by. */
export interface Principal {
  readonly kind: 'anonymous' | 'bootstrap' | 'user' | 'api_key' | 'oauth_client' | 'agent';
  readonly actor: Actor;
  /** What it may do now: its role's permissions, less what its scopes leave out. */
  readonly permissions: ReadonlySet<Permission>;
  /** Of persons. */
  readonly role?: Role;
  /** Of persons: the session, when the password was given (Unix seconds), and whether with a second factor. */
  readonly session?: { readonly id: string; readonly authTime: number; readonly mfa: boolean };
  /** Of persons: whether the user has MFA switched on. */
  readonly mfaEnabled?: boolean;
  /** In whose name keys are made; absent where none can be. */
  readonly owner?: CredentialOwner;
  /** Of a key or client that has a limit of its own. */
  readonly rateLimit?: RateLimit;
  /** Of agents: the certificate that is shown, or that the token goes with, and when it expires (Unix seconds). */
  readonly certificate?: { readonly serial: string; readonly expiresAt: number };
  /** Whose key seals the address it calls from. */
  readonly sealSubject?: string;
}

const NOTHING: ReadonlySet<Permission> = new Set();

export const ANONYMOUS: Principal = {
  kind: 'anonymous',
  actor: { type: 'anonymous', id: 'anonymous' },
  permissions: NOTHING,
};

/** Nobody in particular, while COORDINATOR_OPEN holds. */
export const OPEN_COORDINATOR: Principal = {
  kind: 'anonymous',
  actor: { type: 'anonymous', id: 'open-coordinator' },
  permissions: ROLE_PERMISSIONS.operator,
};

/** Who answers for what is asked, as `<type>:<id>` of an actor: behind a key or a client the person whose it is. */
export function answerableFor({ owner, actor }: Pick<Principal, 'owner' | 'actor'>): string {
  if (!owner) return `${actor.type}:${actor.id}`;
  // Keys that the bootstrap key made are one and the same hand.
  return owner.type === 'user' ? `user:${owner.id}` : `api_key:${owner.id}`;
}
