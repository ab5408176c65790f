import {
  SSH_POOL,
  SSH_TASK_TYPE,
  type DataOf,
  type SshConnectionDocument,
  type executeSshCommand,
} from '@ao/contracts';
import type { CommandShell, EventLog, LockSession, Position, RunningLocal, Subscriptions } from '@ao/event-log';
import { isoTime, newId, reject, type Clock, type CommandMetadata } from '@ao/kernel';
import type { Answer, CommandClient } from '@ao/messaging';
import type { Logger } from '@ao/platform';
import type { Pool } from 'pg';
import type { TasksConfig } from '../tasks.config';
import type { TaskTelemetry } from '../telemetry/telemetry.writer';
import type { OpenExplanation } from '../dispatch/explain';
import type { Gates } from '../dispatch/gates';
import type { LeaseKey } from '../lease/lease.store';
import { PoolOwnership } from '../pool/pool-ownership';
import { taskAggregate } from '../task/task.aggregate';
import { deniedNetworks } from './denied-networks';
import { sshConnectionAggregate, unknownConnection } from './ssh-connection.decider';
import { SshConnections } from './ssh-connections';
import { SshCredentials } from './ssh-credentials';
import { SshExecutor } from './ssh-executor';
import { SshQueue, connectionKey, type SshLimits } from './ssh-queue';
import { SSH_LEASE_SECONDS, SshRunner, watchOf } from './ssh-runner';
import type { SshSessionOptions } from './ssh-session';
import { SSH_RUNNER, SshTasks } from './ssh-tasks';
import { SshTester } from './ssh-tester';
import { sshView } from './ssh-view';

export interface SshServiceOptions {
  readonly pool: Pool;
  readonly log: EventLog;
  readonly shell: CommandShell;
  readonly subscriptions: Subscriptions;
  readonly commands: CommandClient;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly locks: LockSession;
  /** Of this process. */
  readonly owner: string;
  readonly renew: (leases: readonly LeaseKey[]) => Promise<unknown>;
  readonly report: (telemetry: TaskTelemetry) => void;
  readonly settings: SshSettings;
  readonly gates: Gates;
}

export interface SshSettings {
  readonly limits: SshLimits;
  readonly session: SshSessionOptions;
}

export function sshSettings(config: TasksConfig): SshSettings {
  return {
    limits: { total: config.SSH_MAX_COMMANDS, perConnection: config.SSH_MAX_COMMANDS_PER_CONNECTION },
    session: {
      isDenied: deniedNetworks(config.SSH_DENIED_NETWORKS),
      connectTimeoutMs: 1_000 * config.SSH_CONNECT_TIMEOUT_SECONDS,
    },
  };
}

/** So long a command may wait for its turn: nobody expects it to run long after it was asked for. */
const WAIT_SECONDS = 60;
/** What runs when the process is asked to end may go on for so long. */
const GRACE_MS = 10_000;
const NORMAL_PRIORITY = 40;
const SEEN_TIMEOUT_MS = 30_000;

/** SSH connections in one process of tasks: what is configured, tests, and the runner of their commands. */
export class SshService {
  readonly connections: SshConnections;
  readonly tester: SshTester;
  private readonly queue: SshQueue;
  private readonly runner: SshRunner;
  private readonly ownership: PoolOwnership;
  private following: RunningLocal | undefined;

  constructor(private readonly options: SshServiceOptions) {
    const { shell, log, commands, clock, logger, locks, owner, renew, report, settings } = options;
    const credentials = new SshCredentials(commands);
    const { session, limits } = settings;
    this.connections = new SshConnections(shell);
    this.tester = new SshTester(shell, credentials, session);
    this.queue = new SshQueue(limits, options.gates);
    this.runner = new SshRunner({
      queue: this.queue,
      tasks: new SshTasks(shell, log),
      executor: new SshExecutor({ session, credentials, connectionOf: (id) => this.connectionOf(id) }),
      watch: (taskId) => watchOf(taskId, clock, report),
      seen: (position) => this.seen(position),
      ...{ clock, renew, logger },
    });
    this.ownership = new PoolOwnership({
      pool: SSH_POOL,
      seen: (position) => this.seen(position),
      took: (epoch, deposed) => {
        this.runner.begin(epoch, deposed);
        return async () => this.runner.end();
      },
      ...{ owner, locks, shell, logger },
    });
  }

  async start(): Promise<void> {
    const { pool, log, subscriptions } = this.options;
    const { queue, runner } = this;
    this.following = await subscriptions.local(sshView({ pool, log, queue, runner }));
    this.ownership.start();
  }

  /** Leaves the pool to others, and lets what runs come to its end. */
  async standDown(): Promise<void> {
    await this.ownership.stop();
    await this.runner.drain(GRACE_MS);
  }

  /** A gate let something go. */
  freed(): void {
    this.runner.pumpSoon();
  }

  /** Whether a report of the task is the runner's own. */
  holds(agentId: string, taskId: string): boolean {
    return agentId === SSH_RUNNER && this.runner.runs(taskId);
  }

  /** Why an open task of the pool waits. */
  explain(taskId: string): OpenExplanation | undefined {
    return this.queue.explain(taskId);
  }

  /** Submits a command as a task of the runner. */
  async execute(data: DataOf<typeof executeSshCommand>, metadata: CommandMetadata): Answer<typeof executeSshCommand> {
    const { connection_id, timeout_seconds } = data;
    const connection = await this.connectionOf(connection_id);
    if (!connection) return unknownConnection('run a command on', connection_id);
    const refuse = (code: string, why: string) =>
      reject('conflict', code, `Expected to run a command on SSH connection '${connection_id}', but ${why}`);
    if (connection.host_key === null) return refuse('ssh_host_key_unpinned', 'no key of its host is pinned');
    if (connection.secret_id === null) return refuse('ssh_credential_missing', 'it names no secret to log in with');
    const task_id = newId();
    const seconds = WAIT_SECONDS + this.options.settings.session.connectTimeoutMs / 1_000 + timeout_seconds;
    const specification = {
      type: SSH_TASK_TYPE,
      title: `SSH ${connection.name}`.slice(0, 200),
      payload: data,
      priority: NORMAL_PRIORITY,
      requirements: { capabilities: [] },
      retry: RUN_ONCE,
      lease_seconds: SSH_LEASE_SECONDS,
      deadline: isoTime(this.options.clock.now() + seconds * 1_000),
      concurrency_key: connectionKey(connection_id),
    };
    const command = { type: 'SubmitTask' as const, data: { task_id, specification, pool: SSH_POOL }, metadata };
    return this.options.shell.run(taskAggregate, task_id, command, { payload: data, isNew: true });
  }

  private async connectionOf(connectionId: string): Promise<SshConnectionDocument | undefined> {
    const { state } = await this.options.shell.state(sshConnectionAggregate, connectionId, { fresh: true });
    return state;
  }

  private async seen(position: Position): Promise<void> {
    for (;;) {
      try {
        return await this.following?.reached(position, SEEN_TIMEOUT_MS);
      } catch {
        if (this.following?.status().state === 'stopped') return;
      }
    }
  }
}

/** A command may have had its effect whatever became of it, so none is run again by itself. */
const RUN_ONCE = {
  ...{ max_attempts: 1, initial_delay_ms: 0, factor: 1, max_delay_ms: 0, jitter: 0 },
  non_retryable: ['lease_expired', 'agent_lost'],
};
