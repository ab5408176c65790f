import { Inject, Module, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { CommandShell } from '@ao/event-log';
import type { Clock } from '@ao/kernel';
import { CLOCK, COMMAND_SHELL, LIFECYCLE, LOGGER, type Lifecycle, type Logger } from '@ao/platform';
import type { Sealer } from '@ao/sealing';
import { SEALER } from '../sealing/sealing.module';
import { RefusalHandlers } from './refusal.handlers';
import { REFUSALS } from './refusal.tokens';
import { createRefusalRecorder, type RefusalRecorder } from './refusals';

export { REFUSALS } from './refusal.tokens';
export type { Refusal } from './refusal.rules';
export type { Refusals } from './refusals';

const refusals = {
  provide: REFUSALS,
  useFactory: (shell: CommandShell, sealer: Sealer, clock: Clock, logger: Logger) =>
    createRefusalRecorder({
      ...{ shell, sealer, clock },
      onError: (error, lost) =>
        logger.warn({ err: error, lost }, 'refused attempts could not be recorded; those not lost are tried again'),
    }),
  inject: [COMMAND_SHELL, SEALER, CLOCK, LOGGER],
};

/** Refused attempts, for the audit. */
@Module({ controllers: [RefusalHandlers], providers: [refusals], exports: [REFUSALS] })
export class RefusalsModule implements OnApplicationBootstrap, OnModuleDestroy {
  constructor(
    @Inject(REFUSALS) private readonly recorder: RefusalRecorder,
    @Inject(LIFECYCLE) private readonly lifecycle: Lifecycle,
  ) {}

  onApplicationBootstrap(): void {
    this.lifecycle.onDrain('refusals', () => this.recorder.flush(true));
    this.recorder.start();
  }

  /** After the last request was answered: what was refused last is recorded as well. */
  async onModuleDestroy(): Promise<void> {
    await this.recorder.stop();
  }
}
