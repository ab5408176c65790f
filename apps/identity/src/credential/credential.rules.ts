import { ROLE_PERMISSIONS, type CredentialOwner, type Scope, type UserDocument } from '@ao/contracts';
import { reject, type Rejection } from '@ao/kernel';

/** What somebody may give on: everything, or the named. */
export type Grantable = 'everything' | ReadonlySet<string>;

/** What an owner may do now; nothing once it is disabled or erased. */
export function grantableBy(owner: CredentialOwner, user: UserDocument | undefined): Grantable {
  if (owner.type === 'bootstrap') return 'everything';
  return user?.status === 'active' ? ROLE_PERMISSIONS[user.role] : new Set();
}

/** The scopes that are still good, in their order. */
export function within(scopes: readonly Scope[], grantable: Grantable): Scope[] {
  return scopes.filter((scope) => grantable === 'everything' || grantable.has(scope));
}

/** A credential may never do what its owner, or the credential that makes it, may not. */
export function whyNotGrantable(
  what: string,
  scopes: readonly Scope[],
  grantables: readonly Grantable[],
): Rejection | undefined {
  const beyond = scopes.find((scope) => grantables.some((grantable) => within([scope], grantable).length === 0));
  if (beyond === undefined) return undefined;
  return reject(
    'forbidden',
    'scope_not_allowed',
    `Expected to create ${what}, but who asks may not do '${beyond}'`,
    '/scopes',
  );
}

/** The scopes a token is asked for (RFC 6749 section 3.3): all that are good, or those named if all of them are. */
export function scopesOfToken(asked: string | undefined, good: readonly Scope[]): Scope[] | undefined {
  const named = [...new Set((asked ?? '').split(' ').filter((name) => name !== ''))];
  const granted = named.length === 0 ? [...good] : good.filter((scope) => named.includes(scope));
  if (granted.length === 0 || named.some((name) => !(granted as string[]).includes(name))) return undefined;
  return granted;
}
