import { Module } from '@nestjs/common';
import type { CommandShell, EventLog } from '@ao/event-log';
import type { Clock } from '@ao/kernel';
import { CLOCK, COMMAND_SHELL, EVENT_LOG } from '@ao/platform';
import type { Sealer } from '@ao/sealing';
import { SEALER } from '../sealing/tokens';
import { SecretHandlers } from './secret.handlers';
import { Vault } from './vault';

const vault = {
  provide: Vault,
  useFactory: (shell: CommandShell, log: EventLog, sealer: Sealer, clock: Clock) =>
    new Vault({ shell, log, sealer, clock }),
  inject: [COMMAND_SHELL, EVENT_LOG, SEALER, CLOCK],
};

/** The secrets vault. */
@Module({ controllers: [SecretHandlers], providers: [vault] })
export class SecretsModule {}
