import { Controller, Inject } from '@nestjs/common';
import {
  changePassword,
  changeProfile,
  disableMfa,
  startMfa,
  verifyMfa,
  type DataOf,
  type ResultOf,
} from '@ao/contracts';
import type { CommandResult } from '@ao/event-log';
import type { CommandMetadata } from '@ao/kernel';
import { CommandHandler } from '@ao/messaging';
import { runChangePassword, runChangeProfile } from './own-account';
import { runDisableMfa, runStartMfa, runVerifyMfa } from './own-mfa';
import { USER_PARTS, type UserParts } from './user.parts';

/** What persons do with their own accounts. */
@Controller()
export class OwnAccountHandlers {
  constructor(@Inject(USER_PARTS) private readonly parts: UserParts) {}

  @CommandHandler(changeProfile)
  changeProfile(
    data: DataOf<typeof changeProfile>,
    metadata: CommandMetadata,
  ): Promise<CommandResult<ResultOf<typeof changeProfile>>> {
    return runChangeProfile(this.parts, data, metadata);
  }

  @CommandHandler(changePassword)
  changePassword(
    data: DataOf<typeof changePassword>,
    metadata: CommandMetadata,
  ): Promise<CommandResult<ResultOf<typeof changePassword>>> {
    return runChangePassword(this.parts, data, metadata);
  }

  @CommandHandler(startMfa)
  startMfa(
    data: DataOf<typeof startMfa>,
    metadata: CommandMetadata,
  ): Promise<CommandResult<ResultOf<typeof startMfa>>> {
    return runStartMfa(this.parts, data, metadata);
  }

  @CommandHandler(verifyMfa)
  verifyMfa(
    data: DataOf<typeof verifyMfa>,
    metadata: CommandMetadata,
  ): Promise<CommandResult<ResultOf<typeof verifyMfa>>> {
    return runVerifyMfa(this.parts, data, metadata);
  }

  @CommandHandler(disableMfa)
  disableMfa(
    data: DataOf<typeof disableMfa>,
    metadata: CommandMetadata,
  ): Promise<CommandResult<ResultOf<typeof disableMfa>>> {
    return runDisableMfa(this.parts, data, metadata);
  }
}
