import type { SettingsEvent } from '@ao/contracts';
import { deciderSpec, testCommand } from '@ao/kernel/testing';
import { settingsDecider } from './settings.decider';

const at = '2026-01-01T00:00:00.000Z';
const HOUR = 'rate_limits.requests_per_hour';
const NAME = 'general.installation_name';
const { given } = deciderSpec(settingsDecider);
const change = (...changes: { name: string; value?: unknown }[]) => testCommand('ChangeSettings', { changes });
const earlier: SettingsEvent = {
  type: 'SettingsChanged',
  data: { changes: [{ name: HOUR, value: 5, previous: 1_000 }], at: '2025-01-01T00:00:00.000Z' },
};

describe('settings', () => {
  it('should change together, with what they were before', () => {
    const answer = given(earlier)
      .when(change({ name: HOUR, value: 7 }, { name: NAME, value: 'here' }))
      .then({
        type: 'SettingsChanged',
        data: {
          changes: [
            { name: HOUR, value: 7, previous: 5 },
            { name: NAME, value: 'here', previous: 'agent-orchestration' },
          ],
          at,
        },
      });
    expect(answer).toEqual({ changed: [HOUR, NAME], changed_at: at });
  });

  it('should append nothing of what stays as it is', () => {
    expect(
      given(earlier)
        .when(change({ name: HOUR, value: 5 }))
        .then(),
    ).toEqual({ changed: [], changed_at: '2025-01-01T00:00:00.000Z' });
  });

  it('should know a list by what it says', () => {
    const price = {
      ...{ provider: 'openai', model: 'm', input_per_million: 1, output_per_million: 2 },
      ...{ currency: 'USD', effective_from: '2026-01-01' },
    };
    const { input_per_million, ...rest } = price;
    const set: SettingsEvent = {
      type: 'SettingsChanged',
      data: { changes: [{ name: 'costs.prices', value: [price], previous: [] }], at },
    };
    given(set)
      .when(change({ name: 'costs.prices', value: [{ ...rest, input_per_million }] }))
      .then();
    given(set)
      .when(change({ name: 'costs.prices', value: [{ ...price, input_per_million: 3 }] }))
      .thenTypes('SettingsChanged');
    given(set)
      .when(change({ name: 'costs.prices', value: [price, price] }))
      .thenRejected({ rejection: 'invalid', pointer: '/changes/0/value' });
  });

  it.each(['nothing.such', '__proto__', 'constructor', 'toString'])('rejects all for the unknown name %s', (name) => {
    given()
      .when(change({ name: HOUR, value: 7 }, { name, value: 1 }))
      .thenRejected({ rejection: 'not_found', code: 'setting_not_found', pointer: '/changes/1/name' });
  });

  it.each([
    [HOUR, '7'],
    [HOUR, 0],
    [HOUR, 1.5],
    [HOUR, null],
    [HOUR, undefined],
    [NAME, ''],
    [NAME, 7],
    [NAME, { deep: true }],
    ['general.time_zone', 'Nowhere/Land'],
  ])('rejects all when %s is to be %j', (name, value) => {
    given()
      .when(change({ name: 'tasks.lease_seconds', value: 61 }, { name, value }))
      .thenRejected({ rejection: 'invalid', code: 'validation_failed', pointer: '/changes/1/value' });
  });

  it('rejects a name given twice', () => {
    given()
      .when(change({ name: HOUR, value: 7 }, { name: HOUR, value: 8 }))
      .thenRejected({ rejection: 'invalid', pointer: '/changes/1/name' });
  });

  it('should leave aside what another release has set', () => {
    const odd: SettingsEvent = {
      type: 'SettingsChanged',
      data: { changes: [{ name: 'of.the.future', value: 1, previous: null }], at },
    };
    const state = settingsDecider.evolve(settingsDecider.initialState(), odd);
    expect(state).toEqual({ ...settingsDecider.initialState(), changed_at: at });
  });
});
