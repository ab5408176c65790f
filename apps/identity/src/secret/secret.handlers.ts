import { Controller, Inject } from '@nestjs/common';
import {
  changeSecret,
  createSecret,
  deleteSecret,
  deliverSecret,
  revealSecret,
  rotateSecret,
  type DataOf,
} from '@ao/contracts';
import type { CommandMetadata } from '@ao/kernel';
import { CommandHandler, type Answer } from '@ao/messaging';
import { Vault } from './vault';

/** The vault's doors on NATS. */
@Controller()
export class SecretHandlers {
  constructor(@Inject(Vault) private readonly vault: Vault) {}

  @CommandHandler(createSecret)
  create(data: DataOf<typeof createSecret>, metadata: CommandMetadata): Answer<typeof createSecret> {
    return this.vault.create(data, metadata);
  }

  @CommandHandler(changeSecret)
  change(data: DataOf<typeof changeSecret>, metadata: CommandMetadata): Answer<typeof changeSecret> {
    return this.vault.change(data, metadata);
  }

  @CommandHandler(rotateSecret)
  rotate(data: DataOf<typeof rotateSecret>, metadata: CommandMetadata): Answer<typeof rotateSecret> {
    return this.vault.rotate(data, metadata);
  }

  @CommandHandler(revealSecret)
  reveal(data: DataOf<typeof revealSecret>, metadata: CommandMetadata): Answer<typeof revealSecret> {
    return this.vault.reveal(data, metadata);
  }

  @CommandHandler(deliverSecret)
  deliver(data: DataOf<typeof deliverSecret>, metadata: CommandMetadata): Answer<typeof deliverSecret> {
    return this.vault.deliver(data, metadata);
  }

  @CommandHandler(deleteSecret)
  delete(data: DataOf<typeof deleteSecret>, metadata: CommandMetadata): Answer<typeof deleteSecret> {
    return this.vault.delete(data, metadata);
  }
}
