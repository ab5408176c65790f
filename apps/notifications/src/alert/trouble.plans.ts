import { type BudgetDocument, type ChannelDocument, type Severity, type WebhookDocument } from '@ao/contracts';
import { isoTime } from '@ao/kernel';
import type { AlertPlan, Step } from './alert.plan';
import type { AlertDetails } from './alert.verdict';

const NOTHING: Pick<AlertPlan, 'details' | 'steps'> = { details: {}, steps: [] };

/** Until its month is over, wherever the installation is, or it is reset or raised above what is spent. */
export function budgetPlan(budget_id: string, budget: BudgetDocument | undefined): AlertPlan {
  const about = { kind: 'budget_threshold', source: budget_id } as const;
  const highest = budget?.reached.toSorted((one, other) => one.percent - other.percent).at(-1);
  if (!budget || !highest || budget.month === null) return { ...about, ...NOTHING };
  const { month, monthly_limit_micros, currency } = budget;
  const { percent, spent_micros, at } = highest;
  const details = { ...scopeOf(budget), month, percent, spent_micros, monthly_limit_micros, currency };
  return {
    ...about,
    details,
    steps: [
      { at, severity: severityOf(budget) },
      { at: endOf(month), severity: null },
    ],
  };
}

function scopeOf({ scope }: BudgetDocument): AlertDetails {
  switch (scope.kind) {
    case 'installation':
      return { scope: scope.kind };
    case 'agent':
      return { scope: scope.kind, agent_id: scope.agent_id };
    case 'task_type':
      return { scope: scope.kind, task_type: scope.task_type };
  }
}

/** Where it stops tasks, or the whole of it is spent, somebody has to act. */
function severityOf({ thresholds, reached }: BudgetDocument): Severity {
  const percents = new Set(reached.map(({ percent }) => percent));
  const stops = thresholds.some(({ percent, action }) => percents.has(percent) && action === 'stop');
  return stops || reached.some(({ percent }) => percent >= 100) ? 'critical' : 'warning';
}

/** Noon in UTC of the first day after it: by then it is over in every time zone. */
function endOf(month: string): string {
  const [year, number] = month.split('-').map(Number) as [number, number];
  return isoTime(Date.UTC(year, number, 1, 12));
}

/** Of the URL only the host is told: the rest may open a door. */
export function webhookPlans(webhook_id: string, webhook: WebhookDocument | undefined): AlertPlan[] {
  const failing = { kind: 'webhook_failing', source: webhook_id } as const;
  const disabled = { kind: 'webhook_disabled', source: webhook_id } as const;
  const quiet = [
    { ...failing, ...NOTHING },
    { ...disabled, ...NOTHING },
  ];
  if (!webhook) return quiet;
  const { status, failing_since, disables_at, disabled_by, updated_at } = webhook;
  const { host } = new URL(webhook.url);
  if (status === 'failing' && failing_since !== null) {
    const steps: Step[] = [{ at: failing_since, severity: 'warning' }];
    return [{ ...failing, details: { host, failing_since, disables_at }, steps }, quiet[1]!];
  }
  if (status === 'disabled' && (disabled_by === 'gone' || disabled_by === 'failures')) {
    const severity = disabled_by === 'gone' ? 'warning' : 'critical';
    return [quiet[0]!, { ...disabled, details: { host, disabled_by }, steps: [{ at: updated_at, severity }] }];
  }
  return quiet;
}

export function channelPlan(channel_id: string, channel: ChannelDocument | undefined): AlertPlan {
  const about = { kind: 'channel_failing', source: channel_id } as const;
  if (channel?.status !== 'failing' || channel.failing_since === null || !channel.enabled)
    return { ...about, ...NOTHING };
  const { name, type, failing_since } = channel;
  return { ...about, details: { name, type, failing_since }, steps: [{ at: failing_since, severity: 'warning' }] };
}
