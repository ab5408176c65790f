import type { CommandShell } from '@ao/event-log';
import type { Sealer } from '@ao/sealing';
import { emailIndex } from './email-index';
import { userAggregate } from './user.aggregate';
import { userEmails } from './user-emails';
import { isRegistered, type RegisteredUser, type UserState } from './user.state';

/** Users as the log has them now. */
export interface UserDirectory {
  find(userId: string): Promise<UserState>;
  /** The user who holds the address with this index, unless nobody does. */
  byEmail(emailIndex: string): Promise<RegisteredUser | undefined>;
  idOf(email: string): Promise<string | null>;
}

export function createUserDirectory(shell: CommandShell, sealer: Sealer): UserDirectory {
  const find: UserDirectory['find'] = async (userId) =>
    (await shell.state(userAggregate, userId, { fresh: true })).state;
  const holderOf = async (index: string) => (await userEmails.holder(shell, index)).holder;
  return {
    find,
    async byEmail(index) {
      const holder = await holderOf(index);
      // Whoever is nobody costs the same reads.
      const state = await find(holder ?? userEmails.idOf(index));
      return isRegistered(state) ? state : undefined;
    },
    async idOf(email) {
      return (await holderOf(await emailIndex(sealer, email))) ?? null;
    },
  };
}
