import { AgentConnections, DEFAULT_POOL, HeartbeatBatch } from '@ao/contracts';
import {
  createLockSession,
  type CommandResult,
  type LockSession,
  type Position,
  type RunningLocal,
  type RunningOwned,
} from '@ao/event-log';
import { isoTime, newId, type CommandMetadata } from '@ao/kernel';
import { AGENT_CONNECTIONS, AGENT_CONNECTIONS_WANTED, HEARTBEATS, type BusSubscription } from '@ao/messaging';
import { dispatchLatencyHistogram, gauge, type ServicePlatform } from '@ao/platform';
import { AgentScores, followScores, type RoutingStrategy } from '@ao/routing';
import { createTimers, type FiredTimer, type Timers } from '@ao/timers';
import type { Registry } from 'prom-client';
import { Budgets } from './budget/budgets';
import { BREAKER_TRANSITION } from './circuit-breaker/breaker-transition';
import { Breakers } from './circuit-breaker/breakers';
import { DeadLetters } from './dead-letter/dead-letters';
import { DEAD_LETTER_RETRY } from './dead-letter/go-on-with-dead-letter-retry';
import { Dispatcher, type Placement, type SubmitResult } from './dispatch/dispatcher';
import type { GateListener } from './dispatch/gate';
import { Gates } from './dispatch/gates';
import { LatencyWindow } from './dispatch/latency-window';
import { PoolModel, type PoolListener } from './dispatch/pool-model';
import { poolView, type PoolView } from './dispatch/pool-view';
import { RecordedCapabilities } from './dispatch/recorded-capabilities';
import { followRecordedCapabilities } from './dispatch/recorded-capabilities.follower';
import { Submissions } from './dispatch/submissions';
import { LEASE_DEADLINE, leaseDeadlines } from './lease/lease-deadlines';
import { LeaseRenewals } from './lease/lease.renewals';
import { LeaseStore } from './lease/lease.store';
import { DEPENDENCY_ENDED, endDependency } from './open-task/end-dependency-when-task-ended';
import { Limits } from './limit/limits';
import { submittedTask } from './open-task/open-task';
import { openTaskSubscription } from './open-task/open-task.subscription';
import { PoolOwnership } from './pool/pool-ownership';
import { SshService, type SshSettings } from './ssh/ssh.service';
import { SCHEDULE_DUE } from './schedule/schedule.subscription';
import { Schedules } from './schedule/schedules';
import { KnownAgents } from './task/known-agents';
import { specificationOf } from './task/task-order';
import { EXPIRE_TASK, RELEASE_TASK, taskTimes } from './task/task-times';
import type { SubmitTask } from './task/task.decider';
import { SubmissionDefaults } from './task-type/submission-defaults';
import { TelemetryWriter } from './telemetry/telemetry.writer';

export interface TasksServiceOptions extends Omit<ServicePlatform, 'config'> {
  /** Of the pool. */
  readonly strategy: RoutingStrategy;
  readonly ageingSeconds: number;
  readonly ssh: SshSettings;
}

/** The strategies that go by what was learned: only for them is it kept. */
const LEARNING: readonly RoutingStrategy['name'][] = ['latency', 'trust'];

/** The parts of one process of tasks, wired: what follows the log, what the pool's owner does, what handlers ask. */
export class TasksService {
  readonly owner = newId();
  readonly strategy: RoutingStrategy;
  readonly scores = new AgentScores();
  readonly recorded = new RecordedCapabilities();
  readonly latencies = new LatencyWindow();
  readonly leases: LeaseStore;
  readonly renewals: LeaseRenewals;
  readonly submissions: Submissions;
  readonly telemetry: TelemetryWriter;
  readonly model: PoolModel;
  readonly view: PoolView;
  readonly limits: Limits;
  readonly budgets: Budgets;
  readonly breakers: Breakers;
  readonly defaults = new SubmissionDefaults();
  readonly agents: KnownAgents;
  readonly deadLetters: DeadLetters;
  readonly schedules: Schedules;
  readonly ssh: SshService;
  private readonly dispatcher: Dispatcher;
  /** Of all pools. */
  private readonly gates = new Gates();
  private readonly timers: Timers;
  private readonly locks: LockSession;
  private readonly ownership: PoolOwnership;
  private readonly listening: BusSubscription[] = [];
  private following: RunningLocal | undefined;
  private openTasks: RunningOwned | undefined;

  constructor(private readonly options: TasksServiceOptions) {
    const { pool, log, shell, bus, clock, metrics, logger } = options;
    this.strategy = options.strategy;
    const dispatchSeconds = dispatchLatencyHistogram(metrics);
    const listener: PoolListener = {
      assigned: (_task, waited) => {
        this.latencies.observe(waited);
        if (this.dispatcher.active) dispatchSeconds.observe({ pool: DEFAULT_POOL }, waited);
      },
      whileLeased: (event, lease) => this.dispatcher.whileLeased(event, lease),
      freed: () => this.dispatcher.pumpSoon(),
    };
    this.model = new PoolModel({
      pool: DEFAULT_POOL,
      strategy: this.strategy,
      clock,
      listener,
      known: {
        scores: (agentId) => this.scores.of(agentId),
        recorded: (agentId) => this.recorded.of(agentId),
      },
      ageingMs: 1000 * options.ageingSeconds,
      gates: this.gates,
    });
    const opened: GateListener = {
      freed: (key) => {
        this.model.freed(key);
        this.ssh.freed();
      },
      agentChanged: (agentId) => this.model.agentChanged(agentId),
    };
    this.limits = new Limits({ ...options, listener: opened });
    this.gates.add(this.limits.gate);
    this.budgets = new Budgets({ ...options, listener: opened });
    this.gates.add(this.budgets.gate);
    this.submissions = new Submissions(log);
    this.agents = new KnownAgents(log);
    const { model, submissions, strategy } = this;
    this.dispatcher = new Dispatcher({ model, submissions, shell, bus, clock, logger, strategy: strategy.name });
    this.view = poolView({
      pool,
      log,
      model,
      submissions,
      followed: (position) => this.dispatcher.followed(position),
      reseeded: (position) => this.dispatcher.reseeded(position),
    });
    this.leases = new LeaseStore(pool);
    this.deadLetters = new DeadLetters(pool, shell);
    this.schedules = new Schedules({ shell, clock, defaults: this.defaults });
    this.renewals = new LeaseRenewals((leases) => this.leases.renew(leases));
    this.telemetry = new TelemetryWriter({
      pool,
      clock,
      holds: (agentId, taskId) =>
        this.model.taskOf(taskId)?.lease?.agent_id === agentId || this.ssh.holds(agentId, taskId),
      onFailure: (err) => logger.warn({ err }, 'telemetry could not be written; the next try follows'),
    });
    this.locks = createLockSession({ pool, onError: (err) => logger.warn({ err }, 'the owner lock failed') });
    this.ssh = new SshService({
      ...options,
      locks: this.locks,
      owner: this.owner,
      renew: (leases) => this.renewals.renew(leases),
      report: (reports) => this.telemetry.take(reports),
      settings: options.ssh,
      gates: this.gates,
    });
    this.timers = createTimers({
      pool,
      schema: 'tasks',
      locks: this.locks,
      onError: (err, timer) => logger.warn({ err, timer: timer?.timer_id }, 'a timer failed; it fires again'),
    });
    this.breakers = new Breakers({ ...options, timers: this.timers, listener: opened });
    this.gates.add(this.breakers.gate);
    this.ownership = new PoolOwnership({
      pool: DEFAULT_POOL,
      owner: this.owner,
      locks: this.locks,
      shell,
      logger,
      seen: (position) => this.viewReached(position),
      took: (epoch, deposed) => this.begin(epoch, deposed),
    });
    this.registerMetrics(metrics);
  }

  async start(): Promise<void> {
    const { pool, subscriptions, bus, clock } = this.options;
    this.openTasks = await subscriptions.owned(openTaskSubscription(this.timers, this.options.log));
    if (LEARNING.includes(this.strategy.name)) {
      const changed = (agentId: string) => this.model.roster.knownChanged(agentId);
      await followScores(this.scores, { subscriptions, pool, schema: 'tasks', changed });
    }
    await followRecordedCapabilities(this.recorded, {
      ...{ subscriptions, pool },
      changed: (agentIds) => {
        for (const agentId of agentIds) this.model.roster.knownChanged(agentId);
        this.dispatcher.pump();
      },
    });
    await this.limits.start();
    await this.budgets.start();
    await this.breakers.start();
    await this.defaults.follow(subscriptions, this.options.log);
    await this.deadLetters.start(subscriptions, this.timers);
    await this.schedules.start(subscriptions, this.timers);
    await this.ssh.start();
    this.following = await subscriptions.local(this.view.subscription);
    this.listening.push(
      await bus.subscribe(AGENT_CONNECTIONS, (body) => {
        const message = AgentConnections.safeParse(body);
        if (!message.success) return;
        this.model.roster.heard(message.data, clock.now());
        this.dispatcher.pump();
      }),
      await bus.subscribe(HEARTBEATS, (body) => {
        const message = HeartbeatBatch.safeParse(body);
        if (!message.success) return;
        this.model.roster.beats(message.data);
        this.dispatcher.pump();
      }),
    );
    bus.publish(AGENT_CONNECTIONS_WANTED, {});
    this.timers.start(this.dueCommands());
    this.ownership.start();
  }

  /** Gives up what others wait to take over while this process ends. */
  async standDown(): Promise<void> {
    await Promise.all([this.ownership.stop(), this.ssh.standDown(), this.timers.stop()]);
  }

  /** After the last command was answered. */
  async close(): Promise<void> {
    await this.standDown();
    await Promise.all(this.listening.splice(0).map((subscription) => subscription.stop()));
    await this.budgets.stop();
    await this.telemetry.close();
    await this.locks.stop();
  }

  /** `append` submits the task; with the placement, an agent gets it in the same unit. */
  submit(
    { task_id, specification, pool }: SubmitTask['data'],
    metadata: CommandMetadata,
    append: (placement?: Placement) => Promise<CommandResult<SubmitResult>>,
  ): Promise<CommandResult<SubmitResult>> {
    const submitted_at = isoTime(this.options.clock.now());
    const data = { ...specificationOf(specification, submitted_at), task_id, pool, submitted_at };
    return this.dispatcher.submit(submittedTask(data, Number.MAX_SAFE_INTEGER), specification, metadata, append);
  }

  /** A task that was submitted here waits in its queue. */
  queued(position: Position): void {
    this.dispatcher.queued(position);
  }

  /** The model has seen everything that was in the log when this was called. */
  async modelAtHead(timeoutMs: number): Promise<void> {
    await this.following?.reached(await this.options.log.head(), timeoutMs);
  }

  /** The tables of open tasks and leases have everything that was in the log when this was called. */
  async tablesAtHead(timeoutMs: number): Promise<void> {
    await this.openTasks?.reached(await this.options.log.head(), timeoutMs);
  }

  private begin(epoch: number, deposed: () => void): () => Promise<void> {
    this.options.bus.publish(AGENT_CONNECTIONS_WANTED, {});
    this.dispatcher.begin(epoch, deposed);
    return () => this.dispatcher.end();
  }

  /** What falls due, by kind. */
  private dueCommands(): (timer: FiredTimer) => Promise<void> {
    const { pool, shell, clock } = this.options;
    const postpone = async (timer_id: string, due_at: string) => {
      const client = await pool.connect();
      try {
        await this.timers.move(client, [{ timer_id, due_at }]);
      } finally {
        client.release();
      }
    };
    const now = () => clock.now();
    const times = taskTimes({ shell, postpone, now });
    const carriedOutBy: Readonly<Record<string, (timer: FiredTimer) => Promise<void>>> = {
      [LEASE_DEADLINE]: leaseDeadlines({ store: this.leases, shell, postpone, now }),
      [RELEASE_TASK]: times.release,
      [EXPIRE_TASK]: times.expire,
      [DEPENDENCY_ENDED]: endDependency(shell),
      [BREAKER_TRANSITION]: this.breakers.transition,
      [DEAD_LETTER_RETRY]: this.deadLetters.goOn,
      [SCHEDULE_DUE]: this.schedules.whenDue(postpone),
    };
    return async (timer) => {
      const carryOut = carriedOutBy[timer.kind];
      if (!carryOut) throw new Error(`this release carries out no due command of the kind '${timer.kind}'`);
      await carryOut(timer);
    };
  }

  private async viewReached(position: number): Promise<void> {
    for (;;) {
      try {
        const views = [this.following, this.limits, this.breakers, this.budgets];
        await Promise.all(views.map((view) => view?.reached(position, 30_000)));
        return;
      } catch (error) {
        if (this.following?.status().state === 'stopped') throw error;
      }
    }
  }

  /** The owner speaks for the pool: the sum over all replicas is then the truth. */
  private registerMetrics(metrics: Registry): void {
    const { model, dispatcher } = this;
    gauge(metrics, {
      name: 'ao_queue_depth',
      help: 'Tasks that wait for an agent',
      labelNames: ['pool', 'priority'] as const,
      collect() {
        this.reset();
        if (!dispatcher.active) return;
        for (const [priority, depth] of Object.entries(model.queueSizes())) {
          this.set({ pool: model.pool, priority }, depth);
        }
      },
    });
    gauge(metrics, {
      name: 'ao_open_leases',
      help: 'Tasks that agents have now',
      labelNames: ['pool'] as const,
      collect() {
        this.reset();
        if (dispatcher.active) this.set({ pool: model.pool }, model.openLeases);
      },
    });
  }
}
