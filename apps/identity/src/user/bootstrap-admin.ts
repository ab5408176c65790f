import type { IdentityConfig } from '../identity.config';
import { systemMetadata, derivedId, isRejection } from '@ao/kernel';
import { emailIndex, normalEmail } from './email-index';
import { runRegisterUser } from './register-user';
import { userEmails } from './user-emails';
import type { UserParts } from './user.parts';

export type BootstrapOutcome = 'not_configured' | 'known' | 'made';

/**
 * The first administrator, made at the first start. Whoever has held the address before stays as it is, its password too,
 * and one that was erased does not come back with the next start. Every replica may try at once: the command's id is derived
 * from the address, so one of them makes it.
 * @throws Error when it could not be made for a reason that another try may not have
 */
export async function bootstrapAdmin(
  parts: Pick<UserParts, 'shell' | 'sealer' | 'passwords'>,
  { BOOTSTRAP_ADMIN_EMAIL: email, BOOTSTRAP_ADMIN_PASSWORD: password }: IdentityConfig,
): Promise<BootstrapOutcome> {
  if (email === undefined || password === undefined) return 'not_configured';
  const index = await emailIndex(parts.sealer, email);
  const { version } = await userEmails.holder(parts.shell, index);
  if (version > 0) return 'known';
  const command_id = derivedId('bootstrap-admin', index);
  const result = await runRegisterUser(
    parts,
    { email: normalEmail(email), password, full_name: 'Administrator', role: 'admin', source: 'bootstrap' },
    systemMetadata('identity', command_id),
  );
  if (!isRejection(result)) return 'made';
  // Another replica, or one that was given another password.
  if (result.code === 'email_taken' || result.code === 'idempotency_key_reused') return 'known';
  throw new Error(`the first administrator could not be made: ${result.code}`);
}
