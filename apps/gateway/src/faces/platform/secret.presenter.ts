import type { SecretDocument } from '@ao/contracts';
import type { Principal } from '../../http/principal';
import { Problem } from '../../http/problem';
import type { ShownSecret } from './secret.schemas';

/** Of one length, whatever it hides. */
export const MASK = '********';

export function presentSecret(secret: SecretDocument, now: number): ShownSecret {
  return {
    id: secret.secret_id,
    name: secret.name,
    category: secret.category,
    description: secret.description,
    value: MASK,
    revealed: false,
    version: secret.version,
    expired: secret.expires_at !== null && Date.parse(secret.expires_at) <= now,
    expires_at: secret.expires_at,
    created_at: secret.created_at,
    updated_at: secret.updated_at,
    rotated_at: secret.rotated_at,
    revealed_at: secret.revealed_at,
  };
}

export interface RevealRules {
  readonly now: number;
  readonly recentLoginMinutes: number;
}

/**
 * A value is for a person who has just proved who they are, with the second factor where they have one; a stolen key or
 * an old token does not get it. The operator's bootstrap key stands for the person at the machine.
 * @throws Problem 403
 */
export function requireMayReveal(principal: Principal, { now, recentLoginMinutes }: RevealRules): void {
  if (principal.kind === 'bootstrap') return;
  if (principal.kind !== 'user' || !principal.session) {
    throw new Problem(
      403,
      'forbidden',
      'Values of secrets are revealed to persons who logged in, not to keys or clients',
    );
  }
  const { authTime, mfa } = principal.session;
  if (principal.mfaEnabled === true && !mfa) {
    throw new Problem(403, 'recent_login_required', 'Log in with a code of your authenticator to reveal this value');
  }
  if (now - authTime * 1_000 > recentLoginMinutes * 60_000) {
    throw new Problem(
      403,
      'recent_login_required',
      `Your login is older than ${recentLoginMinutes} minutes; log in again to reveal this value`,
    );
  }
}
