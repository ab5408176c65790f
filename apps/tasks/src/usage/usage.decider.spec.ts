import type { UsageReport } from '@ao/contracts';
import { newId } from '@ao/kernel';
import { deciderSpec, testCommand } from '@ao/kernel/testing';
import { MAX_REPORTS_OF_TASK, usageDecider, type ReportUsage } from './usage.decider';

const { given } = deciderSpec(usageDecider);
const TIME = '2026-02-28T23:30:00.000Z';
const used = { task_id: newId(), task_type: 'llm', agent_id: newId(), attempt: 2, lease_token: newId() };

const report = (changes: Partial<UsageReport> = {}): UsageReport => ({
  report_id: newId(),
  ...{ provider: 'openai', model: 'gpt-4o', input_tokens: 10, output_tokens: 5, cached_input_tokens: 0 },
  duration_ms: 900,
  ...changes,
});
const reportUsage = (reports: UsageReport[], changes: Partial<ReportUsage['data']> = {}) =>
  testCommand('ReportUsage', { ...used, reports, time_zone: 'UTC', ...changes }, { time: TIME });
const reported = (of: UsageReport, day = '2026-02-28') => ({
  type: 'UsageReported' as const,
  data: { ...used, ...of, day, reported_at: TIME },
});

describe('the usage of a task', () => {
  it('should be what was reported, with the task, the lease and the day it counts for', () => {
    const [first, second] = [report(), report({ cost: { micros: 12, currency: 'EUR' } })];
    const result = given()
      .when(reportUsage([first, second]))
      .then(reported(first), reported(second));
    expect(result).toEqual({ recorded: 2, repeated: 0 });
  });

  it('should count for the day of the installation', () => {
    const one = report();
    given()
      .when(reportUsage([one], { time_zone: 'Europe/Berlin' }))
      .then(reported(one, '2026-03-01'));
  });

  it('should count a report once: sent again, under another lease, twice in a message', () => {
    const [before, fresh] = [report(), report()];
    const result = given(reported(before))
      .when(reportUsage([before, fresh, fresh], { lease_token: newId() }))
      .then(expect.objectContaining({ data: expect.objectContaining({ report_id: fresh.report_id }) as never }));
    expect(result).toEqual({ recorded: 1, repeated: 2 });
  });

  it('rejects more reports than a task takes', () => {
    const full = Array.from({ length: MAX_REPORTS_OF_TASK }, () => reported(report()));
    given(...full)
      .when(reportUsage([report()]))
      .thenRejected({ rejection: 'conflict', code: 'too_many_usage_reports' });
    given(...full)
      .when(reportUsage([{ ...report(), report_id: full[0]!.data.report_id }]))
      .then();
  });
});
