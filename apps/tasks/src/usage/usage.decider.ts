import { dayOf, schemaVersionsOf, usageEvents, type UsageEvent, type UsageReport } from '@ao/contracts';
import type { Aggregate } from '@ao/event-log';
import { accept, reject, type Command, type Decider, type Decision } from '@ao/kernel';

/** The reports of one task that count. */
export type UsageState = ReadonlySet<string>;

export type ReportUsage = Command<
  'ReportUsage',
  {
    readonly task_id: string;
    readonly task_type: string;
    readonly agent_id: string;
    /** Under which it was used, over or not. */
    readonly attempt: number;
    readonly lease_token: string;
    readonly reports: readonly UsageReport[];
    /** Of the installation. */
    readonly time_zone: string;
  }
>;

export const MAX_REPORTS_OF_TASK = 2_000;

/** A report counts once, under whichever lease it comes again. */
export const usageDecider: Decider<UsageState, ReportUsage, UsageEvent> = {
  initialState: () => new Set(),
  evolve: (state, event) => (event.type === 'UsageReported' ? new Set([...state, event.data.report_id]) : state),
  decide({ data, metadata }, state): Decision<UsageEvent> {
    const { reports, time_zone, ...used } = data;
    const fresh = new Map(
      reports.filter(({ report_id }) => !state.has(report_id)).map((report) => [report.report_id, report]),
    );
    if (state.size + fresh.size > MAX_REPORTS_OF_TASK) {
      const why = `a task takes ${MAX_REPORTS_OF_TASK} reports and this one has ${state.size}`;
      return reject(
        'conflict',
        'too_many_usage_reports',
        `Expected to report usage of task '${data.task_id}', but ${why}`,
      );
    }
    const reported_at = metadata.time;
    const day = dayOf(Date.parse(reported_at), time_zone);
    const events = [...fresh.values()].map((report) => ({
      type: 'UsageReported' as const,
      data: { ...used, ...report, day, reported_at },
    }));
    return accept(events, { recorded: fresh.size, repeated: reports.length - fresh.size });
  },
};

/** Stream `usage-<task id>`. */
export const usageAggregate: Aggregate<UsageState, ReportUsage, UsageEvent> = {
  category: 'usage',
  decider: usageDecider,
  schemaVersions: schemaVersionsOf(usageEvents),
  freshIds: 0,
};
