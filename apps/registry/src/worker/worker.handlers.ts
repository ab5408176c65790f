import {
  approveWorker,
  recordWorkerHeartbeat,
  registerWorker,
  type ApproveWorker,
  type RecordWorkerHeartbeat,
  type RegisterWorker,
} from '@ao/contracts';
import type { CommandShell } from '@ao/event-log';
import { isoTime, isRejection, type Clock, type CommandMetadata } from '@ao/kernel';
import { CommandHandler, done, type Answer } from '@ao/messaging';
import { CLOCK, COMMAND_SHELL } from '@ao/platform';
import { Controller, Inject } from '@nestjs/common';
import type { Known } from '../liveness/liveness.view';
import { runRegisterWorker, workerAggregate } from './worker.aggregate';
import { unknownWorker } from './worker.decider';
import { WorkerLiveness } from './worker.liveness';

/** The doors of worker nodes on NATS. */
@Controller()
export class WorkerHandlers {
  constructor(
    @Inject(COMMAND_SHELL) private readonly shell: CommandShell,
    @Inject(WorkerLiveness) private readonly liveness: WorkerLiveness,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @CommandHandler(registerWorker)
  async register(data: RegisterWorker, metadata: CommandMetadata): Answer<typeof registerWorker> {
    const result = await runRegisterWorker(this.shell, data, metadata);
    if (!isRejection(result))
      this.liveness.beat(result.result.worker_id, this.clock.now(), data.heartbeat_interval_seconds);
    return result;
  }

  @CommandHandler(approveWorker)
  approve(data: ApproveWorker, metadata: CommandMetadata): Answer<typeof approveWorker> {
    return this.shell.run(workerAggregate, data.worker_id, { type: 'ApproveWorker', data, metadata });
  }

  /** No event per beat: only one that ends a worker's silence is told to its stream, at once. */
  @CommandHandler(recordWorkerHeartbeat)
  async heartbeat(
    { worker_id, ...percentages }: RecordWorkerHeartbeat,
    metadata: CommandMetadata,
  ): Answer<typeof recordWorkerHeartbeat> {
    const known = await this.known(worker_id);
    if (!known) return unknownWorker('record a heartbeat of', worker_id);
    const at = this.clock.now();
    const load_metrics = Object.fromEntries(
      Object.entries(percentages).filter((entry): entry is [string, number] => entry[1] !== undefined),
    );
    const isReport = Object.keys(load_metrics).length > 0;
    this.liveness.beat(worker_id, at, known.interval_seconds, isReport ? { load_metrics } : {});
    let position = this.liveness.position();
    if (known.liveness !== 'online') {
      const data = { id: worker_id, liveness: 'online' as const };
      const changed = await this.shell.run(workerAggregate, worker_id, {
        type: 'ChangeWorkerLiveness',
        data,
        metadata,
      });
      if (isRejection(changed)) return changed;
      position = changed.position;
    }
    return done({ received_at: isoTime(at), heartbeat_interval_seconds: known.interval_seconds }, position);
  }

  /** From memory; a worker that registered a moment ago, perhaps at another replica, from its stream. */
  private async known(workerId: string): Promise<Pick<Known, 'interval_seconds' | 'liveness'> | undefined> {
    const known = this.liveness.known(workerId);
    if (known) return known;
    const { state } = await this.shell.state(workerAggregate, workerId, { fresh: true });
    if (state.status === 'unregistered') return undefined;
    return { interval_seconds: state.worker.heartbeat_interval_seconds, liveness: state.worker.liveness };
  }
}
