import { Inject, Module, type OnApplicationBootstrap } from '@nestjs/common';
import type { CommandShell } from '@ao/event-log';
import type { Clock } from '@ao/kernel';
import { CLOCK, COMMAND_SHELL, CONFIG, LOGGER, POOL, type Logger } from '@ao/platform';
import type { Sealer } from '@ao/sealing';
import type { Pool } from 'pg';
import type { IdentityConfig } from '../identity.config';
import { createPasswords } from '../password/passwords';
import { PoliciesModule, POLICIES, type Policies } from '../policy/policies.module';
import { RefusalsModule, REFUSALS, type Refusals } from '../refusal/refusals.module';
import { waitForSchema } from '../schema';
import { SEALER } from '../sealing/sealing.module';
import { createLoginStore } from '../session/login.store';
import { createLoginThrottle } from '../session/login.throttle';
import { SessionHandlers } from '../session/session.handlers';
import { TokensModule, TOKEN_SIGNER, type TokenSigner } from '../token/tokens.module';
import { bootstrapAdmin } from './bootstrap-admin';
import { OwnAccountHandlers } from './own-account.handlers';
import { createUserDirectory } from './user.directory';
import { UserHandlers } from './user.handlers';
import { USER_PARTS, type UserParts } from './user.parts';

const userParts = {
  provide: USER_PARTS,
  useFactory: (
    shell: CommandShell,
    sealer: Sealer,
    clock: Clock,
    pool: Pool,
    policies: Policies,
    tokens: TokenSigner,
    refusals: Refusals,
  ): UserParts => {
    const logins = createLoginStore(pool);
    return {
      ...{ shell, sealer, clock, policies, tokens, refusals, logins },
      users: createUserDirectory(shell, sealer),
      passwords: createPasswords(),
      throttle: createLoginThrottle(logins, clock),
    };
  },
  inject: [COMMAND_SHELL, SEALER, CLOCK, POOL, POLICIES, TOKEN_SIGNER, REFUSALS],
};

/** Users, their passwords, second factors and sessions. */
@Module({
  imports: [PoliciesModule, RefusalsModule, TokensModule],
  controllers: [UserHandlers, OwnAccountHandlers, SessionHandlers],
  providers: [userParts],
})
export class UsersModule implements OnApplicationBootstrap {
  constructor(
    @Inject(USER_PARTS) private readonly parts: UserParts,
    @Inject(CONFIG) private readonly config: IdentityConfig,
    @Inject(POOL) private readonly pool: Pool,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Before the command server listens; a module's hook may run before the application's own. */
  async onApplicationBootstrap(): Promise<void> {
    await waitForSchema(this.pool, this.logger);
    const outcome = await bootstrapAdmin(this.parts, this.config);
    if (outcome === 'made') this.logger.info('the first administrator is made');
  }
}
