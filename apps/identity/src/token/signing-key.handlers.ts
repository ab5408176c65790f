import { Controller, Inject } from '@nestjs/common';
import { rotateSigningKey, type DataOf, type ResultOf } from '@ao/contracts';
import type { CommandResult } from '@ao/event-log';
import type { CommandMetadata } from '@ao/kernel';
import { CommandHandler } from '@ao/messaging';
import type { SigningKeyRing } from './signing-keys';
import { SIGNING_KEYS } from './token.tokens';

@Controller()
export class SigningKeyHandlers {
  constructor(@Inject(SIGNING_KEYS) private readonly keys: SigningKeyRing) {}

  @CommandHandler(rotateSigningKey)
  rotate(
    _data: DataOf<typeof rotateSigningKey>,
    metadata: CommandMetadata,
  ): Promise<CommandResult<ResultOf<typeof rotateSigningKey>>> {
    return this.keys.rotate(metadata);
  }
}
