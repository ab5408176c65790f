import { Controller, Inject } from '@nestjs/common';
import { endSession, logIn, refreshSession, type DataOf, type TokenOutcome } from '@ao/contracts';
import type { CommandResult } from '@ao/event-log';
import type { CommandMetadata } from '@ao/kernel';
import { CommandHandler, type Answer } from '@ao/messaging';
import { USER_PARTS, type UserParts } from '../user/user.parts';
import { runLogIn } from './log-in';
import { createLoginDoor, type LoginDoor } from './login.door';
import { runRefreshSession } from './refresh-session';
import { sessionAggregate } from './session.aggregate';

/** Coming in, staying, going out. */
@Controller()
export class SessionHandlers {
  private readonly door: LoginDoor;

  constructor(@Inject(USER_PARTS) private readonly parts: UserParts) {
    this.door = createLoginDoor(parts.sealer, (data, metadata) => runLogIn(parts, data, metadata));
  }

  @CommandHandler(logIn)
  logIn(data: DataOf<typeof logIn>, metadata: CommandMetadata): Promise<CommandResult<TokenOutcome>> {
    return this.door(data, metadata);
  }

  @CommandHandler(refreshSession)
  refresh(data: DataOf<typeof refreshSession>, metadata: CommandMetadata): Promise<CommandResult<TokenOutcome>> {
    return runRefreshSession(this.parts, data, metadata);
  }

  @CommandHandler(endSession)
  end(data: DataOf<typeof endSession>, metadata: CommandMetadata): Answer<typeof endSession> {
    return this.parts.shell.run(sessionAggregate, data.session_id, { type: 'EndSession', data, metadata });
  }
}
