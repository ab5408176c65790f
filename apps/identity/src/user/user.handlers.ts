import { Controller, Inject } from '@nestjs/common';
import { changeUser, createUser, eraseUser, findUser, registerUser, type DataOf, type ResultOf } from '@ao/contracts';
import type { CommandResult } from '@ao/event-log';
import { isRejection, reject, type CommandMetadata } from '@ao/kernel';
import { CommandHandler, QueryHandler, type Answer } from '@ao/messaging';
import { originIndex } from '../session/origin';
import { runChangeUser, runEraseUser } from './change-user';
import { checkPassword } from './own-account';
import { runRegisterUser } from './register-user';
import { throttledRejection, USER_PARTS, type UserParts } from './user.parts';

type Registered = CommandResult<ResultOf<typeof createUser>>;

/** Who there is. */
@Controller()
export class UserHandlers {
  constructor(@Inject(USER_PARTS) private readonly parts: UserParts) {}

  /**
   * Says when an address is taken, for there is no mail by which it could say so to its owner alone; so those who ask about
   * many addresses are soon refused.
   */
  @CommandHandler(registerUser)
  async register(data: DataOf<typeof registerUser>, metadata: CommandMetadata): Promise<Registered> {
    const { policies, throttle, sealer } = this.parts;
    const { security } = await policies.current();
    if (!security.registration_open)
      return reject('forbidden', 'registration_closed', 'Expected to register a user, but registration is closed');
    const asked = {
      name: `taken:${await originIndex(sealer, data.origin.address)}`,
      limit: security.login_failures_per_address,
    };
    const seconds = await throttle.wait([asked]);
    if (seconds !== undefined) return throttledRejection('register a user', seconds);
    const { email, password, full_name, origin } = data;
    const refusal = await checkPassword(this.parts, password, email, '/password');
    if (refusal) return refusal;
    const result = await runRegisterUser(
      this.parts,
      { email, password, full_name, role: 'viewer', source: 'registration', address: origin.address },
      metadata,
    );
    if (isRejection(result) && result.code === 'email_taken')
      await throttle.count([asked], security.login_window_minutes);
    return result;
  }

  @CommandHandler(createUser)
  async create(data: DataOf<typeof createUser>, metadata: CommandMetadata): Promise<Registered> {
    const { email, password, full_name, role } = data;
    const refusal = await checkPassword(this.parts, password, email, '/password');
    if (refusal) return refusal;
    return runRegisterUser(this.parts, { email, password, full_name, role, source: 'administration' }, metadata);
  }

  @CommandHandler(changeUser)
  change(data: DataOf<typeof changeUser>, metadata: CommandMetadata): Answer<typeof changeUser> {
    return runChangeUser(this.parts, data, metadata);
  }

  @CommandHandler(eraseUser)
  erase(data: DataOf<typeof eraseUser>, metadata: CommandMetadata): Answer<typeof eraseUser> {
    return runEraseUser(this.parts, data, metadata);
  }

  @QueryHandler(findUser)
  async find({ email }: DataOf<typeof findUser>): Promise<ResultOf<typeof findUser>> {
    return { user_id: await this.parts.users.idOf(email) };
  }
}
