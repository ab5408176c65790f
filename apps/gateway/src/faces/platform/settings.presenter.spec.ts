import { DEFAULT_SETTINGS } from '@ao/contracts';
import type { RecordedEvent } from '@ao/event-log';
import { Problem } from '../../http/problem';
import { presentHistory, presentSettings, settingChanges, settingName } from './settings.presenter';

function pointerOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof Problem) return `${error.status} ${error.options.errors?.[0]?.pointer}`;
    throw error;
  }
  return 'taken';
}

describe('settings', () => {
  it('should be grouped by category, with what they are by default', () => {
    const shown = presentSettings({ ...DEFAULT_SETTINGS, 'general.time_zone': 'Europe/Berlin' });
    expect(shown.general?.time_zone).toEqual({
      ...{ value: 'Europe/Berlin', default: 'UTC', type: 'string' },
      description: expect.any(String) as string,
    });
    expect(shown.rate_limits?.requests_per_hour).toMatchObject({ value: 1_000, type: 'integer' });
  });

  it('should be known by name only, never by what every object has', () => {
    expect(settingName('general', 'time_zone')).toBe('general.time_zone');
    for (const [category, key] of [
      ['general', 'nothing'],
      ['toString', ''],
      ['__proto__', 'x'],
    ] as const) {
      expect(pointerOf(() => settingName(category, key))).toBe('404 /path/key');
    }
  });

  it('should name the place of what is wrong among several', () => {
    expect(settingChanges({ 'general.time_zone': 'UTC', 'tasks.lease_seconds': 5 })).toHaveLength(2);
    for (const [name, value] of [
      ['tasks.lease_seconds', '5'],
      ['tasks.lease_seconds', 0],
      ['tasks.lease_seconds', null],
      ['general.time_zone', 'Mars/Olympus'],
      ['general.installation_name', ''],
      ['general.nothing', 1],
      ['toString', 1],
    ] as const) {
      expect(pointerOf(() => settingChanges({ 'general.time_zone': 'UTC', [name]: value }))).toBe(
        `422 /settings/${name}`,
      );
    }
  });

  it('should name the place within a list', () => {
    expect(presentSettings(DEFAULT_SETTINGS).costs?.prices).toMatchObject({ type: 'json', value: [], default: [] });
    const value = [{ provider: 'openai', model: 7 }];
    expect(pointerOf(() => settingChanges({ 'costs.prices': value }))).toBe('422 /settings/costs.prices/0/model');
  });

  it('should tell the history of one, newest first', () => {
    const event = (position: number, name: string, value: unknown, previous: unknown) =>
      ({
        ...{ position, type: 'SettingsChanged', metadata: { actor: { type: 'user', id: 'u' } } },
        data: { changes: [{ name, value, previous }], at: `at ${position}` },
      }) as unknown as RecordedEvent;
    const events = [
      event(1, 'general.time_zone', 'A', 'UTC'),
      event(2, 'tasks.lease_seconds', 5, 60),
      event(3, 'general.time_zone', 'B', 'A'),
    ];
    expect(presentHistory(events, 'general.time_zone', 10).map(({ value, previous }) => [value, previous])).toEqual([
      ['B', 'A'],
      ['A', 'UTC'],
    ]);
    expect(presentHistory(events, 'general.time_zone', 1)).toHaveLength(1);
  });
});
