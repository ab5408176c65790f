import type { UserDocument } from '@ao/contracts';
import type { OpenText, SealedItem } from './sealed-texts';
import type { ShownUser } from './user.schemas';

/** What `presentUser` will want to have opened. */
export const sealedOfUser = ({ email, full_name }: UserDocument): SealedItem[] => [
  { sealed: email, context: 'email' },
  { sealed: full_name, context: 'full_name' },
];

export function presentUser(user: UserDocument, open: OpenText): ShownUser {
  return {
    id: user.user_id,
    email: open(user.email, 'email'),
    full_name: open(user.full_name, 'full_name'),
    role: user.role,
    is_active: user.status === 'active',
    status: user.status,
    mfa_enabled: user.mfa_enabled,
    created_at: user.registered_at,
    updated_at: user.updated_at,
  };
}
