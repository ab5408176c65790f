import type { BudgetDocument, BudgetThreshold, ChannelDocument, WebhookDocument } from '@ao/contracts';
import { newId } from '@ao/kernel';
import { severityAt } from './alert.plan';
import { budgetPlan, channelPlan, webhookPlans } from './trouble.plans';

const id = newId();
const at = '2026-02-10T00:00:00.000Z';
const now = Date.parse(at);

describe('a budget', () => {
  const budget = (percents: readonly number[], thresholds: readonly BudgetThreshold[] = []): BudgetDocument => ({
    ...{ budget_id: id, scope: { kind: 'task_type', task_type: 'ocr' }, currency: 'EUR', updated_at: at },
    ...{ monthly_limit_micros: 100_000_000, forgiven_micros: 0, month: '2026-02', thresholds: [...thresholds] },
    reached: percents.map((percent) => ({ percent, spent_micros: percent * 1_000_000, at })),
  });

  it('should be told of at its highest threshold, until its month is over everywhere', () => {
    const plan = budgetPlan(id, budget([50, 80]));
    expect(plan.steps).toEqual([
      { at, severity: 'warning' },
      { at: '2026-03-01T12:00:00.000Z', severity: null },
    ]);
    expect(plan.details).toEqual({
      ...{ scope: 'task_type', task_type: 'ocr', month: '2026-02', percent: 80, spent_micros: 80_000_000 },
      ...{ monthly_limit_micros: 100_000_000, currency: 'EUR' },
    });
    expect(budgetPlan(id, { ...budget([50]), month: '2026-12' }).steps[1]!.at).toBe('2027-01-01T12:00:00.000Z');
  });

  it('should be critical when all is spent, or tasks are stopped', () => {
    expect(severityAt(budgetPlan(id, budget([80, 100])), now)).toBe('critical');
    const thresholds = [{ percent: 80, action: 'stop' as const }];
    expect(severityAt(budgetPlan(id, budget([80], thresholds)), now)).toBe('critical');
    expect(severityAt(budgetPlan(id, budget([50], thresholds)), now)).toBe('warning');
  });

  it('should be told of nothing when none is reached, or it is reset or gone', () => {
    for (const none of [budget([]), { ...budget([]), month: null }, undefined])
      expect(budgetPlan(id, none).steps).toEqual([]);
  });
});

describe('a webhook', () => {
  const webhook = (changes: Partial<WebhookDocument>): WebhookDocument => ({
    ...{
      webhook_id: id,
      url: 'https://hooks.example.org/a/b?token=hidden',
      events: ['*'],
      description: '',
      filter: null,
    },
    ...{ enabled: true, secret_id: id, secret_version: 1, former_secrets: [], status: 'active' },
    ...{ failing_since: null, disables_at: null, disabled_by: null, disabled_position: null, last_error: null },
    ...{ created_by: 'test', created_at: at, updated_at: at },
    ...changes,
  });
  const severities = (changes: Partial<WebhookDocument> | undefined) =>
    webhookPlans(id, changes && webhook(changes)).map((plan) => severityAt(plan, now));

  it('should be told of while it fails, and when it was disabled because of that', () => {
    const failing = { status: 'failing', failing_since: at, disables_at: '2026-02-13T00:00:00.000Z' } as const;
    expect(severities({})).toEqual([null, null]);
    expect(severities(failing)).toEqual(['warning', null]);
    expect(severities({ status: 'disabled', enabled: false, disabled_by: 'failures' })).toEqual([null, 'critical']);
    expect(severities({ status: 'disabled', enabled: false, disabled_by: 'gone' })).toEqual([null, 'warning']);
    expect(severities({ status: 'disabled', enabled: false, disabled_by: 'request' })).toEqual([null, null]);
    expect(severities(undefined)).toEqual([null, null]);
    expect(JSON.stringify(webhookPlans(id, webhook(failing)))).not.toContain('hidden');
  });
});

describe('a channel', () => {
  it('should be told of while it fails and is used', () => {
    const channel: ChannelDocument = {
      ...{
        channel_id: id,
        name: 'ops',
        type: 'slack',
        description: '',
        enabled: true,
        secret_id: id,
        secret_version: 1,
        configured: [],
      },
      ...{ status: 'failing', failing_since: at, last_error: 'channel_not_found', created_at: at, updated_at: at },
    };
    expect(channelPlan(id, channel)).toMatchObject({
      ...{ details: { name: 'ops', type: 'slack', failing_since: at }, steps: [{ at, severity: 'warning' }] },
    });
    for (const well of [
      { ...channel, status: 'ok' as const, failing_since: null },
      { ...channel, enabled: false },
      undefined,
    ])
      expect(channelPlan(id, well).steps).toEqual([]);
  });
});
