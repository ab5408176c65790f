import { Inject, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { LOGGER, PlatformModule, POOL, type Logger } from '@ao/platform';
import type { Pool } from 'pg';
import { CredentialsModule } from './credential/credentials.module';
import { identityConfig } from './identity.config';
import { PoliciesModule } from './policy/policies.module';
import { waitForSchema } from './schema';
import { SealingModule } from './sealing/sealing.module';
import { SecretsModule } from './secret/secrets.module';
import { UsersModule } from './user/users.module';

/** Who is who, and who may do what. */
@Module({
  imports: [
    PlatformModule.forService({ service: 'identity', schema: 'identity', config: identityConfig }),
    SealingModule,
    PoliciesModule,
    UsersModule,
    CredentialsModule,
    SecretsModule,
  ],
})
export class IdentityModule implements OnApplicationBootstrap {
  constructor(
    @Inject(POOL) private readonly pool: Pool,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Before the command server listens. */
  async onApplicationBootstrap(): Promise<void> {
    await waitForSchema(this.pool, this.logger);
  }
}
