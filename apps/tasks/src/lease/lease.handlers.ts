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
import { CommandHandler, QueryHandler, done, type Answer } from '@ao/messaging';
import { COMMAND_SHELL, EVENT_LOG } from '@ao/platform';
import type { LeasedTask as HeldTask } from '../dispatch/running-tasks';
import type { Submission } from '../dispatch/submissions';
import type { OpenLease } from '../open-task/open-task';
import { taskAggregate } from '../task/task.aggregate';
import { isLeased } from '../task/task.state';
import { TasksService } from '../tasks.service';
import type { LeaseKey } from './lease.store';

/** Payload in one answer, in characters: what does not fit is handed out with the next. */
const ANSWER_CAPACITY = 160 * 1024;
const TABLES_TIMEOUT_MS = 2_000;
const MODEL_TIMEOUT_MS = 1_000;

/** What agents ask about the tasks they hold. */
@Controller()
export class LeaseHandlers {
  constructor(
    @Inject(TasksService) private readonly tasks: TasksService,
    @Inject(COMMAND_SHELL) private readonly shell: CommandShell,
    @Inject(EVENT_LOG) private readonly log: EventLog,
  ) {}

  /** Who connects asks this; what was assigned just before must be in the answer, or it would come late. */
  @QueryHandler(leasesOfAgent)
  async leasesOf({ agent_id }: DataOf<typeof leasesOfAgent>): Promise<ResultOf<typeof leasesOfAgent>> {
    await this.tasks.modelAtHead(MODEL_TIMEOUT_MS).catch(() => undefined);
    const held = this.tasks.model.heldBy(agent_id);
    if (held.length === 0) return { tasks: [] };
    const deadlines = await this.tasks.leases.deadlinesOf(agent_id);
    const loaded = await this.loaded(held);
    return {
      tasks: loaded.map(([{ task_id, lease }, submission]) => {
        const renewed = deadlines.get(lease.lease_token)?.getTime() ?? 0;
        const expires_at = isoTime(Math.max(renewed, Date.parse(lease.expires_at)));
        return leasedTask(task_id, { ...lease, expires_at }, submission);
      }),
    };
  }

  /**
   * Hands out what the agent was assigned and has not started. The command that started a task gets it again when it is
   * repeated; if nobody repeats it, the answer was lost with the agent, and the lease runs out.
   */
  @CommandHandler(leaseTasks)
  async lease({ agent_id, limit }: DataOf<typeof leaseTasks>, metadata: CommandMetadata): Answer<typeof leaseTasks> {
    const commandFor = (taskId: string) => derivedId(metadata.command_id, taskId);
    const held = this.tasks.model.heldBy(agent_id);
    const before = await Promise.all(
      held.map(
        async ({ lease, task_id }) => lease.started && (await this.log.answerOf(commandFor(task_id))) !== undefined,
      ),
    );
    const again = held.filter((_, index) => before[index]);
    const candidates = again.length > 0 ? again : held.filter(({ lease }) => !lease.started).slice(0, limit);
    let position = 0;
    const started = await Promise.all(
      (await this.loaded(candidates)).map(async ([{ task_id, lease }, submission]) => {
        const { lease_token } = lease;
        const result: CommandResult<{ started_at: string }> = await this.shell.run(taskAggregate, task_id, {
          type: 'StartTask',
          data: { task_id, agent_id, lease_token },
          metadata: { ...metadata, command_id: commandFor(task_id) },
        });
        if (isRejection(result)) return undefined;
        position = Math.max(position, result.position);
        const expires_at = addMilliseconds(result.result.started_at, submission.lease_seconds * 1000);
        return leasedTask(task_id, { ...lease, expires_at, started: true }, submission);
      }),
    );
    return done({ tasks: started.filter((task) => task !== undefined) }, position);
  }

  @CommandHandler(renewLeases)
  async renew({ agent_id, leases }: DataOf<typeof renewLeases>): Answer<typeof renewLeases> {
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
  async report(data: DataOf<typeof reportTaskTelemetry>): Answer<typeof reportTaskTelemetry> {
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
  private async loaded(tasks: readonly HeldTask[]): Promise<[HeldTask, Submission][]> {
    const loaded: [HeldTask, Submission][] = [];
    let size = 0;
    for (const task of tasks) {
      const submission = await this.tasks.submissions.of(task.task_id);
      size += submission.payload.length + 500;
      if (size > ANSWER_CAPACITY && loaded.length > 0) break;
      loaded.push([task, submission]);
    }
    return loaded;
  }
}

function leasedTask(task_id: string, lease: OpenLease, submission: Submission): LeasedTask {
  const { type, priority, submitted_at, payload, lease_seconds, texts, credentials, answer } = submission;
  return {
    task_id,
    type,
    ...texts,
    ...(credentials && { credentials }),
    ...answer,
    payload: JSON.parse(payload) as LeasedTask['payload'],
    priority,
    submitted_at,
    attempt: lease.attempt,
    lease_token: lease.lease_token,
    lease_expires_at: lease.expires_at,
    lease_seconds,
    started: lease.started,
  };
}
