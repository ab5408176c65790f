import { Controller, Inject } from '@nestjs/common';
import { rotateSigningKey, type DataOf } from '@ao/contracts';
import type { CommandMetadata } from '@ao/kernel';
import { CommandHandler, type Answer } from '@ao/messaging';
import type { SigningKeyRing } from './signing-keys';
import { SIGNING_KEYS } from './token.tokens';

@Controller()
export class SigningKeyHandlers {
  constructor(@Inject(SIGNING_KEYS) private readonly keys: SigningKeyRing) {}

  @CommandHandler(rotateSigningKey)
  rotate(_data: DataOf<typeof rotateSigningKey>, metadata: CommandMetadata): Answer<typeof rotateSigningKey> {
    return this.keys.rotate(metadata);
  }
}
