import {
  ROLE_PERMISSIONS,
  SCOPES,
  userSubject,
  type CredentialOwner,
  type Permission,
  type UserTokenClaims,
} from '@ao/contracts';
import type { Principal } from '../http/principal';
import type { AuthenticationView, KnownCredential, KnownUser } from './authentication.view';

const NOTHING: ReadonlySet<Permission> = new Set();
/** All that persons may do whose role asks for MFA until they have it: set it up. */
const SET_UP_MFA: ReadonlySet<Permission> = new Set<Permission>(['profile:own']);

/** The operator's key from the environment: everything but what is a person's own. */
export const BOOTSTRAP: Principal = {
  kind: 'bootstrap',
  actor: { type: 'api_key', id: 'bootstrap' },
  permissions: new Set<Permission>(SCOPES),
  owner: { type: 'bootstrap', id: 'bootstrap' },
};

/** What a user may do now. */
export function permissionsOfUser(view: AuthenticationView, user: KnownUser): ReadonlySet<Permission> {
  if (user.status !== 'active') return NOTHING;
  if (!user.mfa_enabled && view.policies.security.mfa_required_roles.includes(user.role)) return SET_UP_MFA;
  return ROLE_PERMISSIONS[user.role];
}

/** The person of a token whose signature is good; undefined when session or user say otherwise by now. */
export function userPrincipal(view: AuthenticationView, claims: UserTokenClaims, now: number): Principal | undefined {
  const session = view.session(claims.sid);
  if (session?.userId !== claims.sub || session.expiresAt <= now) return undefined;
  const user = view.user(claims.sub);
  if (user?.status !== 'active' || user.credential_version !== session.credentialVersion) return undefined;
  return {
    kind: 'user',
    actor: { type: 'user', id: claims.sub },
    permissions: permissionsOfUser(view, user),
    role: user.role,
    session: { id: claims.sid, authTime: claims.auth_time, mfa: claims.mfa },
    mfaEnabled: user.mfa_enabled,
    owner: { type: 'user', id: claims.sub },
    sealSubject: userSubject(claims.sub),
  };
}

/** A key or client: its scopes as far as its owner may still do the same; undefined when owner or time have ended it. */
export function credentialPrincipal(
  view: AuthenticationView,
  kind: 'api_key' | 'oauth_client',
  credential: KnownCredential,
  now: number,
): Principal | undefined {
  if (credential.expiresAt <= now) return undefined;
  const owned = permissionsOfOwner(view, credential.owner);
  if (!owned) return undefined;
  return {
    kind,
    actor: { type: kind, id: credential.id },
    permissions: effectivePermissions(credential, owned),
    owner: credential.owner,
    ...(credential.rateLimit && { rateLimit: credential.rateLimit }),
    ...(credential.owner.type === 'user' && { sealSubject: userSubject(credential.owner.id) }),
  };
}

function permissionsOfOwner(view: AuthenticationView, owner: CredentialOwner): ReadonlySet<Permission> | undefined {
  if (owner.type === 'bootstrap') return BOOTSTRAP.permissions;
  const user = view.user(owner.id);
  return user?.status === 'active' ? permissionsOfUser(view, user) : undefined;
}

function effectivePermissions(credential: KnownCredential, owned: ReadonlySet<Permission>): ReadonlySet<Permission> {
  if (credential.effective?.of !== owned) {
    credential.effective = { of: owned, permissions: new Set(credential.scopes.filter((scope) => owned.has(scope))) };
  }
  return credential.effective.permissions;
}
