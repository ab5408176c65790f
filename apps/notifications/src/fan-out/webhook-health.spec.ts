import { verdictOf, type WebhookFigures } from './webhook-health';

const HOUR = 3_600_000;
const T0 = '2026-01-01T00:00:00.000Z';
const at = (hours: number) => Date.parse(T0) + hours * HOUR;
const webhook = { webhook_id: 'w', enabled: true, status: 'active', failing_since: null } as const;
const failing: WebhookFigures = { webhook, failing_since: T0, most_tries: 2, gone_at: null, last_error: 'timeout' };
const verdict = (figures: WebhookFigures, hours: number) => verdictOf(figures, at(hours), 120 * HOUR);

describe('what is said of a webhook', () => {
  it('should be nothing while it fares well, or fails for a moment', () => {
    expect(verdict({ ...failing, failing_since: null }, 500)).toBeUndefined();
    expect(verdict(failing, 59)).toBeUndefined();
  });

  it('should be a warning at half of the time, or after five tries of one delivery', () => {
    const disables_at = new Date(at(120)).toISOString();
    const warning = { kind: 'failing', since: T0, disables_at, error: 'timeout' };
    expect(verdict(failing, 60)).toEqual(warning);
    expect(verdict({ ...failing, most_tries: 4 }, 1)).toBeUndefined();
    expect(verdict({ ...failing, most_tries: 5 }, 1)).toEqual(warning);
  });

  it('should warn once', () => {
    expect(verdict({ ...failing, webhook: { ...webhook, status: 'failing' } }, 70)).toBeUndefined();
  });

  it('should disable it when nothing has arrived for too long, or when it is gone', () => {
    expect(verdict(failing, 119.9)).not.toMatchObject({ kind: 'disable' });
    expect(verdict(failing, 120)).toEqual({ kind: 'disable', by: 'failures', since: T0, error: 'timeout' });
    expect(verdict({ ...failing, gone_at: T0 }, 0)).toMatchObject({ kind: 'disable', by: 'gone' });
  });

  it('should tell that it has recovered with the first success', () => {
    const said = { ...webhook, status: 'failing', failing_since: T0 } as const;
    expect(verdict({ ...failing, webhook: said, failing_since: null }, 70)).toEqual({ kind: 'recovered', since: T0 });
  });

  it('should be nothing of one that is disabled', () => {
    const off = { ...webhook, enabled: false, status: 'disabled' } as const;
    expect(verdict({ ...failing, webhook: off, gone_at: T0 }, 500)).toBeUndefined();
  });
});
