import { Controller, Inject } from '@nestjs/common';
import {
  changeSshConnection,
  createSshConnection,
  deleteSshConnection,
  executeSshCommand,
  testSshConnection,
  type DataOf,
} from '@ao/contracts';
import type { CommandMetadata } from '@ao/kernel';
import { CommandHandler, type Answer } from '@ao/messaging';
import { TasksService } from '../tasks.service';

/** The doors of SSH connections on NATS. */
@Controller()
export class SshHandlers {
  constructor(@Inject(TasksService) private readonly tasks: TasksService) {}

  @CommandHandler(createSshConnection)
  create(data: DataOf<typeof createSshConnection>, metadata: CommandMetadata): Answer<typeof createSshConnection> {
    return this.tasks.ssh.connections.create(data, metadata);
  }

  @CommandHandler(changeSshConnection)
  change(data: DataOf<typeof changeSshConnection>, metadata: CommandMetadata): Answer<typeof changeSshConnection> {
    return this.tasks.ssh.connections.change(data, metadata);
  }

  @CommandHandler(deleteSshConnection)
  delete(data: DataOf<typeof deleteSshConnection>, metadata: CommandMetadata): Answer<typeof deleteSshConnection> {
    return this.tasks.ssh.connections.delete(data, metadata);
  }

  @CommandHandler(testSshConnection)
  test(data: DataOf<typeof testSshConnection>, metadata: CommandMetadata): Answer<typeof testSshConnection> {
    return this.tasks.ssh.tester.test(data, metadata);
  }

  @CommandHandler(executeSshCommand)
  execute(data: DataOf<typeof executeSshCommand>, metadata: CommandMetadata): Answer<typeof executeSshCommand> {
    return this.tasks.ssh.execute(data, metadata);
  }
}
