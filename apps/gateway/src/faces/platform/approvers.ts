import type { Approver, Role } from '@ao/contracts';
import { answerableFor, type Principal } from '../../http/principal';
import type { UserQueries } from '../../projections/users/user.queries';

/** With the roles that there are now. */
export type KnownApprover = Approver & { readonly roles: Role[] };

/** Who stands behind a call, as approvals know people: behind a key or client the person whose it is, with that person's role. */
export class Approvers {
  constructor(private readonly users: Pick<UserQueries, 'find'>) {}

  async of(principal: Principal): Promise<KnownApprover> {
    const { role, owner } = principal;
    const by = answerableFor(principal);
    if (role !== undefined) return { by, roles: [role] };
    if (owner?.type !== 'user') return { by, roles: owner ? ['admin'] : [] };
    const person = await this.users.find(owner.id);
    return { by, roles: person ? [person.role] : [] };
  }
}
