import type { UserDocument } from '@ao/contracts';
import type { Caller } from '../../http/call';
import type { UserQueries } from '../../projections/users/user.queries';
import { notFound } from './path-id';
import type { SealedTexts } from './sealed-texts';
import { presentUser, sealedOfUser } from './user.presenter';
import type { ShownUser } from './user.schemas';

/** Persons as answers show them, their personal data opened for that answer alone. */
export class People {
  constructor(
    private readonly users: UserQueries,
    private readonly texts: SealedTexts,
  ) {}

  async show(caller: Caller, users: readonly UserDocument[]): Promise<ShownUser[]> {
    const open = await this.texts.open(caller, users.flatMap(sealedOfUser));
    return users.map((user) => presentUser(user, open));
  }

  /** @throws Problem 404 */
  async find(caller: Caller, id: string): Promise<ShownUser> {
    return this.one(caller, await this.users.find(id));
  }

  /** From the model; from the log where the model has not come so far yet. @throws Problem 404 */
  async findOrFresh(caller: Caller, id: string): Promise<ShownUser> {
    return this.one(caller, (await this.users.find(id)) ?? (await this.users.fresh(id)));
  }

  /** As the log has the user, after a write. @throws Problem 404 */
  async fresh(caller: Caller, id: string): Promise<ShownUser> {
    return this.one(caller, await this.users.fresh(id));
  }

  private async one(caller: Caller, user: UserDocument | undefined): Promise<ShownUser> {
    if (!user) throw notFound('User');
    const [shown] = await this.show(caller, [user]);
    return shown!;
  }
}
