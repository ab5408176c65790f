import { cancelRun, forkRun, pauseRun, resumeRun, retryRun, sendSignal, startRun, type DataOf } from '@ao/contracts';
import type { CommandMetadata } from '@ao/kernel';
import { CommandHandler, type Answer } from '@ao/messaging';
import { Controller, Inject } from '@nestjs/common';
import { WorkflowsService } from '../workflows.service';

/** The doors of runs on NATS. Any replica answers: the log decides. */
@Controller()
export class RunHandlers {
  constructor(@Inject(WorkflowsService) private readonly service: WorkflowsService) {}

  @CommandHandler(startRun)
  start(data: DataOf<typeof startRun>, metadata: CommandMetadata): Answer<typeof startRun> {
    return this.part.starter.start(data, metadata);
  }

  @CommandHandler(pauseRun)
  pause(data: DataOf<typeof pauseRun>, metadata: CommandMetadata): Answer<typeof pauseRun> {
    return this.part.runs.tell({ type: 'Pause', data }, metadata);
  }

  @CommandHandler(resumeRun)
  resume(data: DataOf<typeof resumeRun>, metadata: CommandMetadata): Answer<typeof resumeRun> {
    return this.part.runs.tell({ type: 'Resume', data }, metadata);
  }

  @CommandHandler(cancelRun)
  cancel(data: DataOf<typeof cancelRun>, metadata: CommandMetadata): Answer<typeof cancelRun> {
    return this.part.runs.tell({ type: 'Cancel', data }, metadata);
  }

  @CommandHandler(sendSignal)
  signal(data: DataOf<typeof sendSignal>, metadata: CommandMetadata): Answer<typeof sendSignal> {
    return this.part.signals.send(data, metadata);
  }

  @CommandHandler(retryRun)
  retry(data: DataOf<typeof retryRun>, metadata: CommandMetadata): Answer<typeof retryRun> {
    return this.part.runs.tell({ type: 'Retry', data }, metadata);
  }

  @CommandHandler(forkRun)
  fork(data: DataOf<typeof forkRun>, metadata: CommandMetadata): Answer<typeof forkRun> {
    return this.part.starter.fork(data, metadata);
  }

  private get part() {
    return this.service.parts.runs;
  }
}
