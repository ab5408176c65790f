import { Controller, Inject } from '@nestjs/common';
import {
  leaseTasks,
  leasesOfAgent,
  renewLeases,
  reportTaskTelemetry,
  type DataOf,
  type LeasedTask,
  type ResultOf,
} from '@ao/contracts';
import type { CommandResult, CommandShell, EventLog } from '@ao/event-log';
import { addMilliseconds, derivedId, isRejection, isoTime, reject, type CommandMetadata } from '@ao/kernel';
import { CommandHandler, QueryHandler, done } from '@ao/messaging';
import { COMMAND_SHELL, EVENT_LOG } from '@ao/platform';
import type { Submission } from '../dispatch/submissions';
import { taskAggregate } from '../task/task.aggregate';
import { isLeased } from '../task/task.state';
import { TasksService } from '../tasks.service';
import type { AgentLease, LeaseKey } from './lease.store';

/** Payload in one answer, in characters: what does not fit is handed out with the next. */
const ANSWER_CAPACITY = 160 * 1024;
const TABLES_TIMEOUT_MS = 2_000;

/** What agents ask about the tasks they hold. */
@Controller()
export class LeaseHandlers {
  constructor(
    @Inject(TasksService) private readonly tasks: TasksService,
    @Inject(COMMAND_SHELL) private readonly shell: CommandShell,
    @Inject(EVENT_LOG) private readonly log: EventLog,
  ) {}

  @QueryHandler(leasesOfAgent)
  async leasesOf({ agent_id }: DataOf<typeof leasesOfAgent>): Promise<ResultOf<typeof leasesOfAgent>> {
    const leases = await this.tasks.leases.ofAgent(agent_id);
    const loaded = await this.loaded(leases);
    return {
      tasks: loaded.map(([lease, submission]) =>
        leasedTask(lease, submission, isoTime(lease.expires_at.getTime()), lease.started),
      ),
    };
  }

  /**
   * Hands out what the agent was assigned and has not started. The command that started a task gets it again when it is
   * repeated; if nobody repeats it, the answer was lost with the agent, and the lease runs out.
   */
  @CommandHandler(leaseTasks)
  async lease(
    { agent_id, limit }: DataOf<typeof leaseTasks>,
    metadata: CommandMetadata,
  ): Promise<CommandResult<ResultOf<typeof leaseTasks>>> {
    const commandFor = (taskId: string) => derivedId(metadata.command_id, taskId);
    const held = await this.tasks.leases.ofAgent(agent_id);
    const before = await Promise.all(
      held.map(async ({ started, task_id }) => started && (await this.log.answerOf(commandFor(task_id))) !== undefined),
    );
    const again = held.filter((_, index) => before[index]);
    const candidates = again.length > 0 ? again : held.filter(({ started }) => !started).slice(0, limit);
    let position = 0;
    const started = await Promise.all(
      (await this.loaded(candidates)).map(async ([lease, submission]): Promise<LeasedTask | undefined> => {
        const { task_id, lease_token } = lease;
        const result: CommandResult<{ started_at: string }> = await this.shell.run(taskAggregate, task_id, {
          type: 'StartTask',
          data: { task_id, agent_id, lease_token },
          metadata: { ...metadata, command_id: commandFor(task_id) },
        });
        if (isRejection(result)) return undefined;
        position = Math.max(position, result.position);
        const expires = addMilliseconds(result.result.started_at, submission.lease_seconds * 1000);
        return leasedTask(lease, submission, expires, true);
      }),
    );
    return done({ tasks: started.filter((task) => task !== undefined) }, position);
  }

  @CommandHandler(renewLeases)
  async renew({ agent_id, leases }: DataOf<typeof renewLeases>): Promise<CommandResult<ResultOf<typeof renewLeases>>> {
    const keys = leases.map((lease) => ({ ...lease, agent_id }));
    const deadlines = new Map(await this.tasks.renewals.renew(keys));
    const missing = await this.stillHeld(keys.filter(({ lease_token }) => !deadlines.has(lease_token)));
    if (missing.length > 0) {
      // The table is behind the log by some events: these leases are young.
      try {
        await this.tasks.tablesAtHead(TABLES_TIMEOUT_MS);
      } catch {
        const why = 'the table of leases is behind the log';
        return reject('unavailable', 'leases_behind', `Expected to renew the leases of '${agent_id}', but ${why}`);
      }
      for (const [token, deadline] of await this.tasks.renewals.renew(missing)) deadlines.set(token, deadline);
    }
    const renewed = keys.flatMap(({ task_id, lease_token }) => {
      const deadline = deadlines.get(lease_token);
      return deadline ? [{ task_id, lease_expires_at: isoTime(deadline.getTime()) }] : [];
    });
    const lost = keys.filter(({ lease_token }) => !deadlines.has(lease_token)).map(({ task_id }) => task_id);
    return done({ renewed, lost });
  }

  @CommandHandler(reportTaskTelemetry)
  async report(data: DataOf<typeof reportTaskTelemetry>): Promise<CommandResult<ResultOf<typeof reportTaskTelemetry>>> {
    this.tasks.telemetry.take(data);
    return done({});
  }

  /** Those of the leases that the log says are not over. */
  private async stillHeld(leases: readonly LeaseKey[]): Promise<LeaseKey[]> {
    const held = await Promise.all(
      leases.map(async ({ task_id, agent_id, lease_token }) => {
        const { state } = await this.shell.state(taskAggregate, task_id, { fresh: true });
        return isLeased(state) && state.lease.lease_token === lease_token && state.lease.agent_id === agent_id;
      }),
    );
    return leases.filter((_, index) => held[index]);
  }

  /** As many as fit one answer, at least one. */
  private async loaded(leases: readonly AgentLease[]): Promise<[AgentLease, Submission][]> {
    const loaded: [AgentLease, Submission][] = [];
    let size = 0;
    for (const lease of leases) {
      const submission = await this.tasks.submissions.of(lease.task_id);
      size += submission.payload.length + 500;
      if (size > ANSWER_CAPACITY && loaded.length > 0) break;
      loaded.push([lease, submission]);
    }
    return loaded;
  }
}

function leasedTask(lease: AgentLease, submission: Submission, expires: string, started: boolean): LeasedTask {
  const { task_id, attempt, lease_token, lease_seconds } = lease;
  const { type, priority, submitted_at, payload } = submission;
  return {
    task_id,
    type,
    payload: JSON.parse(payload) as LeasedTask['payload'],
    priority,
    submitted_at,
    attempt,
    lease_token,
    lease_expires_at: expires,
    lease_seconds,
    started,
  };
}
