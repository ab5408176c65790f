import type { RegistrationTokenDocument } from '@ao/contracts';
import type { ShownRegistrationToken } from './registration-tokens.schemas';

/** Named one by one: what is not here (the hash of the secret) never leaves. */
export function presentRegistrationToken(
  token: Omit<RegistrationTokenDocument, 'secret_hash'>,
  now: number,
): ShownRegistrationToken {
  const { token_id, name, labels, agent_id, created_at, expires_at, used_at, used_by, revoked_at } = token;
  return {
    ...{ id: token_id, name, labels, agent_id, created_at, expires_at, used_at, used_by, revoked_at },
    prefix: `ao_reg_${token_id.replaceAll('-', '')}`,
    status: statusOf(token, now),
  };
}

function statusOf(
  { used_at, revoked_at, expires_at }: Pick<RegistrationTokenDocument, 'used_at' | 'revoked_at' | 'expires_at'>,
  now: number,
): ShownRegistrationToken['status'] {
  if (used_at !== null) return 'used';
  if (revoked_at !== null) return 'revoked';
  return Date.parse(expires_at) <= now ? 'expired' : 'active';
}
