import { SSH_POOL, SshTaskPayload, type TaskEvent, type TaskOutcome } from '@ao/contracts';
import {
  LogUnavailableError,
  OutcomeUnknownError,
  type CommandResult,
  type CommandShell,
  type EventReader,
  type RecordedEvent,
} from '@ao/event-log';
import { derivedId, newId, reject, streamId, type CommandMetadata } from '@ao/kernel';
import { poolStream } from '../pool/pool.decider';
import { taskAggregate } from '../task/task.aggregate';
import type { TaskCommand } from '../task/task.decider';

/** As whom the built-in runner has its tasks. It is no agent: nobody registered it, and no credential speaks for it. */
export const SSH_RUNNER = derivedId('agent', 'ssh-runner');

/** Another process took the pool. */
export const POOL_TAKEN = 'pool_taken';

const ACTOR = { type: 'system', id: 'ssh-runner' } as const;
const PAUSE_MS = 250;
/** So long an outcome waits for a log that is away. */
const REPORT_FOR_MS = 120_000;

/** What is to be run, and for whom. */
export interface SshOrder {
  readonly task_id: string;
  readonly payload: SshTaskPayload;
  /** Of whoever asked for it, for what is done in their name. */
  readonly asked: Omit<CommandMetadata, 'command_id'>;
  /** Nobody has changed it since, and it cannot have run. */
  readonly isUntouched: boolean;
}

interface AssignedLease {
  readonly lease_token: string;
  /** The task was changed before. */
  readonly revision?: number;
}

/** The runner's side of a task's life: the same commands, by the same rules, as an agent's. */
export class SshTasks {
  constructor(
    private readonly shell: Pick<CommandShell, 'run'>,
    private readonly log: Pick<EventReader, 'readStream'>,
  ) {}

  /** @throws LogUnavailableError */
  async orderOf(task_id: string): Promise<SshOrder> {
    const events = (await this.log.readStream(streamId('task', task_id))) as readonly RecordedTaskEvent[];
    const submitted = events.find((event) => event.type === 'TaskSubmitted');
    if (!submitted) throw new Error(`expected task '${task_id}' in the log, but its stream is empty`);
    const { actor, correlation_id, traceparent } = submitted.metadata;
    const causation_id = `task@${submitted.position}`;
    return {
      task_id,
      payload: SshTaskPayload.parse(submitted.data.payload),
      asked: { actor, correlation_id, causation_id, ...(traceparent && { traceparent }) },
      isUntouched: !events.some(touches),
    };
  }

  /** Under the pool's epoch: a deposed owner assigns nothing. */
  assign(order: SshOrder, epoch: number): Promise<CommandResult<AssignedLease>> {
    const { task_id } = order;
    const candidates = [{ agent_id: SSH_RUNNER, score: 1 }];
    const reason = { strategy: 'ssh-runner', candidates, candidate_count: 1 };
    const data = { task_id, agent_id: SSH_RUNNER, lease_token: newId(), pool: SSH_POOL, epoch, reason };
    const command = { type: 'AssignTask' as const, data, metadata: metadataOf(order) };
    return persist(() =>
      this.shell.run(taskAggregate, task_id, command, {
        also: [{ stream_id: poolStream(SSH_POOL), expected_version: epoch, events: [] }],
        onConflict: () => reject('precondition_failed', POOL_TAKEN, 'Expected to own the SSH pool, but it was taken'),
      }),
    );
  }

  start(order: SshOrder, lease_token: string): Promise<CommandResult> {
    return this.run(order, 'StartTask', { task_id: order.task_id, agent_id: SSH_RUNNER, lease_token });
  }

  complete(order: SshOrder, lease_token: string, outcome: TaskOutcome): Promise<CommandResult> {
    const data = { task_id: order.task_id, agent_id: SSH_RUNNER, lease_token, outcome };
    return this.run(order, 'CompleteTask', data);
  }

  giveBack(order: SshOrder, lease_token: string): Promise<CommandResult> {
    const data = { task_id: order.task_id, agent_id: SSH_RUNNER, lease_token, reason: 'the runner stops' };
    return this.run(order, 'ReturnTask', data);
  }

  private run<Type extends TaskCommand['type']>(
    order: SshOrder,
    type: Type,
    data: Extract<TaskCommand, { type: Type }>['data'],
  ): Promise<CommandResult> {
    const metadata = metadataOf(order);
    return persist(() => this.shell.run(taskAggregate, order.task_id, { type, data, metadata }));
  }
}

type RecordedTaskEvent = TaskEvent & RecordedEvent;

/** Only what was asked for by who may is run, and once: who may change or retry tasks may not log in anywhere by that. */
function touches(event: TaskEvent): boolean {
  if (event.type === 'TaskStarted' || event.type === 'TaskRetried') return true;
  return event.type === 'TaskChanged' && event.data.changes.payload !== undefined;
}

function metadataOf({ asked }: SshOrder): CommandMetadata {
  return { ...asked, command_id: newId(), actor: ACTOR };
}

/** The same command id gets the first outcome, whatever it was. */
async function persist<Result>(attempt: () => Promise<CommandResult<Result>>): Promise<CommandResult<Result>> {
  const until = performance.now() + REPORT_FOR_MS;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      const away = error instanceof OutcomeUnknownError || error instanceof LogUnavailableError;
      if (!away || performance.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}
