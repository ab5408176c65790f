import { Controller, Inject } from '@nestjs/common';
import { changePassword, changeProfile, disableMfa, startMfa, verifyMfa, type DataOf } from '@ao/contracts';
import type { CommandMetadata } from '@ao/kernel';
import { CommandHandler, type Answer } from '@ao/messaging';
import { runChangePassword, runChangeProfile } from './own-account';
import { runDisableMfa, runStartMfa, runVerifyMfa } from './own-mfa';
import { USER_PARTS, type UserParts } from './user.parts';

/** What persons do with their own accounts. */
@Controller()
export class OwnAccountHandlers {
  constructor(@Inject(USER_PARTS) private readonly parts: UserParts) {}

  @CommandHandler(changeProfile)
  changeProfile(data: DataOf<typeof changeProfile>, metadata: CommandMetadata): Answer<typeof changeProfile> {
    return runChangeProfile(this.parts, data, metadata);
  }

  @CommandHandler(changePassword)
  changePassword(data: DataOf<typeof changePassword>, metadata: CommandMetadata): Answer<typeof changePassword> {
    return runChangePassword(this.parts, data, metadata);
  }

  @CommandHandler(startMfa)
  startMfa(data: DataOf<typeof startMfa>, metadata: CommandMetadata): Answer<typeof startMfa> {
    return runStartMfa(this.parts, data, metadata);
  }

  @CommandHandler(verifyMfa)
  verifyMfa(data: DataOf<typeof verifyMfa>, metadata: CommandMetadata): Answer<typeof verifyMfa> {
    return runVerifyMfa(this.parts, data, metadata);
  }

  @CommandHandler(disableMfa)
  disableMfa(data: DataOf<typeof disableMfa>, metadata: CommandMetadata): Answer<typeof disableMfa> {
    return runDisableMfa(this.parts, data, metadata);
  }
}
