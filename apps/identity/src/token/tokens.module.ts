import { Inject, Module, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { CommandShell, EventLog, Subscriptions } from '@ao/event-log';
import type { Clock } from '@ao/kernel';
import { CLOCK, COMMAND_SHELL, EVENT_LOG, LOGGER, POOL, SUBSCRIPTIONS, type Logger } from '@ao/platform';
import type { Sealer } from '@ao/sealing';
import type { Pool } from 'pg';
import { waitForSchema } from '../schema';
import { SEALER } from '../sealing/sealing.module';
import { AgentTokenHandlers } from './agent-token.handlers';
import { SigningKeyHandlers } from './signing-key.handlers';
import { createSigningKeyRing, type SigningKeyRing } from './signing-keys';
import { createTokenSigner } from './token-signer';
import { SIGNING_KEYS, TOKEN_SIGNER } from './token.tokens';

export { TOKEN_SIGNER } from './token.tokens';
export type { TokenSigner } from './token-signer';

const signingKeys = {
  provide: SIGNING_KEYS,
  useFactory: (
    log: EventLog,
    shell: CommandShell,
    subscriptions: Subscriptions,
    sealer: Sealer,
    clock: Clock,
    logger: Logger,
  ) =>
    createSigningKeyRing({
      ...{ log, shell, subscriptions, sealer, clock },
      onError: (error) => logger.warn({ err: error }, 'old signing keys could not be retired; tried again later'),
    }),
  inject: [EVENT_LOG, COMMAND_SHELL, SUBSCRIPTIONS, SEALER, CLOCK, LOGGER],
};

/** Keys that sign tokens, and the tokens. */
@Module({
  controllers: [SigningKeyHandlers, AgentTokenHandlers],
  providers: [signingKeys, { provide: TOKEN_SIGNER, useFactory: createTokenSigner, inject: [SIGNING_KEYS, CLOCK] }],
  exports: [TOKEN_SIGNER],
})
export class TokensModule implements OnApplicationBootstrap, OnModuleDestroy {
  constructor(
    @Inject(SIGNING_KEYS) private readonly keys: SigningKeyRing,
    @Inject(POOL) private readonly pool: Pool,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Before the command server listens; a module's hook may run before the application's own. */
  async onApplicationBootstrap(): Promise<void> {
    await waitForSchema(this.pool, this.logger);
    await this.keys.start();
  }

  onModuleDestroy(): void {
    this.keys.stop();
  }
}
