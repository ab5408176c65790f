import { isoTime, type Clock } from '@ao/kernel';
import { NATS_SERVICES, type Bus } from '@ao/messaging';
import type { Pool } from 'pg';
import type { AgentQueries } from '../projections/agents/agent.queries';
import type { MetricQueries } from '../projections/metrics/metric.queries';
import type { TaskQueries } from '../projections/tasks/task.queries';
import {
  backlogOf,
  overall,
  queueVerdict,
  serviceHealth,
  type Backlog,
  type ServiceHealth,
  type Verdict,
} from './health.verdict';
import { hostLoad, type HostLoad } from './host.load';
import type { ServiceBoard } from './service.board';
import { within } from './within';

/** Every probe gives up then: a part that takes longer is not healthy. */
const PROBE_MS = 1_000;
/** An answer is good for so long, so that asking often costs what asking once a second costs. */
const FRESH_MS = 1_000;

/** Every process of an installation that runs all the time. */
export const SERVICE_NAMES = NATS_SERVICES.filter((service) => service !== 'operator');

export interface SystemHealthReport {
  readonly status: Verdict;
  readonly timestamp: string;
  readonly database: { readonly status: Verdict; readonly responseTime: number | null };
  readonly messageQueue: Backlog & { readonly status: Verdict; readonly responseTime: number | null };
  readonly services: ReadonlyMap<string, ServiceHealth>;
  readonly figures: Figures;
  readonly host: HostLoad;
}

/** Null: the database did not say in time. */
interface Figures {
  readonly activeAgents: number | null;
  readonly runningTasks: number | null;
  readonly completedToday: number | null;
}

const UNKNOWN: Figures = { activeAgents: null, runningTasks: null, completedToday: null };

export interface HealthSources {
  readonly pool: Pick<Pool, 'query'>;
  readonly bus: Pick<Bus, 'isConnected' | 'flush'>;
  readonly board: Pick<ServiceBoard, 'ask'>;
  readonly agents: Pick<AgentQueries, 'countActive'>;
  readonly tasks: Pick<TaskQueries, 'statistics'>;
  readonly metrics: Pick<MetricQueries, 'today'>;
  readonly clock: Clock;
  readonly dataFolder: string;
}

/** How the whole is, found out by asking its parts: for two seconds at most, and once a second at most. */
export class SystemHealth {
  private report: Promise<SystemHealthReport> | undefined;
  private madeAt = 0;
  private making = false;
  private asking: Promise<boolean> | undefined;

  constructor(private readonly sources: HealthSources) {}

  now(): Promise<SystemHealthReport> {
    if (!this.report || (!this.making && performance.now() - this.madeAt > FRESH_MS)) {
      this.making = true;
      this.report = this.probe().finally(() => {
        this.madeAt = performance.now();
        this.making = false;
      });
    }
    return this.report;
  }

  private async probe(): Promise<SystemHealthReport> {
    const { board, clock, dataFolder } = this.sources;
    const [[databaseTime, figures], queueTime, answers, host] = await Promise.all([
      this.askDatabase(),
      this.queueTime(),
      board.ask(SERVICE_NAMES, PROBE_MS),
      hostLoad(dataFolder),
    ]);
    const services = new Map(SERVICE_NAMES.map((service) => [service, serviceHealth(service, answers)]));
    const backlog = backlogOf(answers.processes);
    const database = databaseTime === null ? 'unhealthy' : 'healthy';
    const messageQueue = queueVerdict(queueTime, backlog);
    const verdicts = [...services.values()].map(({ status }) => status);
    return {
      status: overall({ database, messageQueue, services: verdicts }),
      timestamp: isoTime(clock.now()),
      database: { status: database, responseTime: databaseTime },
      messageQueue: { ...backlog, status: messageQueue, responseTime: queueTime },
      ...{ services, figures, host },
    };
  }

  /** What it does not answer in time is not asked again while it may still come, nor anything else besides. */
  private async askDatabase(): Promise<[time: number | null, figures: Figures]> {
    this.asking ??= this.sources.pool
      .query('select 1')
      .then(() => true)
      .finally(() => (this.asking = undefined));
    const time = await timed(this.asking);
    return [time, time === null ? UNKNOWN : await this.figures()];
  }

  /** There and back again: what was published before has arrived by then. */
  private queueTime(): Promise<number | null> {
    const { bus } = this.sources;
    return bus.isConnected() ? timed(bus.flush()) : Promise.resolve(null);
  }

  private async figures(): Promise<Figures> {
    const { agents, tasks, metrics, clock } = this.sources;
    const [active, statistics, today] = await Promise.all([
      within(PROBE_MS, agents.countActive()),
      within(PROBE_MS, tasks.statistics()),
      within(PROBE_MS, metrics.today(clock.now())),
    ]);
    return {
      activeAgents: active ?? null,
      runningTasks: statistics ? statistics.byStatus.running + statistics.byStatus.input_required : null,
      completedToday: today ? (today.get('completed') ?? 0) : null,
    };
  }
}

/** Milliseconds; null: it failed, or took too long. */
async function timed(work: Promise<boolean>): Promise<number | null> {
  const begun = performance.now();
  const done = await within(PROBE_MS, work);
  return done ? Math.round((performance.now() - begun) * 10) / 10 : null;
}
