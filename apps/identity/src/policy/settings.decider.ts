import {
  DEFAULT_SETTINGS,
  evolveSettings,
  isSettingName,
  SETTINGS,
  settingsEvents,
  schemaVersionsOf,
  type SettingsEvent,
  type SettingValues,
} from '@ao/contracts';
import type { Aggregate } from '@ao/event-log';
import { accept, derivedId, isSameJson, reject, type Command, type Decider, type Decision } from '@ao/kernel';

export interface SettingsState {
  readonly values: SettingValues;
  readonly changed_at: string | null;
}

export type ChangeSettings = Command<
  'ChangeSettings',
  { readonly changes: readonly { readonly name: string; readonly value?: unknown }[] }
>;

/** The one stream of them. */
export const SETTINGS_ID = derivedId('settings');

/** Several settings change in one event or not at all. */
export const settingsDecider: Decider<SettingsState, ChangeSettings, SettingsEvent> = {
  initialState: () => ({ values: DEFAULT_SETTINGS, changed_at: null }),
  evolve: (state, event) =>
    event.type === 'SettingsChanged'
      ? { values: evolveSettings(state.values, event), changed_at: event.data.at }
      : state,
  decide({ data, metadata }, state): Decision<SettingsEvent> {
    const at = metadata.time;
    const seen = new Set<string>();
    const changes: { name: string; value: unknown; previous: unknown }[] = [];
    for (const [index, { name, value }] of data.changes.entries()) {
      if (!isSettingName(name))
        return reject(
          'not_found',
          'setting_not_found',
          `Expected to change settings, but there is none of the name at '/changes/${index}/name'`,
          `/changes/${index}/name`,
        );
      if (seen.has(name))
        return invalid(`Expected to change setting '${name}', but it is named twice`, `/changes/${index}/name`);
      seen.add(name);
      const checked = SETTINGS[name].schema.safeParse(value);
      if (!checked.success)
        return invalid(
          `Expected to change setting '${name}', but its value does not do: ${checked.error.issues[0]?.message ?? 'invalid'}`,
          `/changes/${index}/value`,
        );
      const previous = state.values[name];
      if (!isSameJson(checked.data, previous)) changes.push({ name, value: checked.data, previous });
    }
    if (changes.length === 0) return accept([], { changed: [], changed_at: state.changed_at ?? at });
    return accept([{ type: 'SettingsChanged', data: { changes, at } }], {
      changed: changes.map(({ name }) => name),
      changed_at: at,
    });
  },
};

const invalid = (message: string, pointer: string) => reject('invalid', 'validation_failed', message, pointer);

/** Stream `settings-<SETTINGS_ID>`. */
export const settingsAggregate: Aggregate<SettingsState, ChangeSettings, SettingsEvent> = {
  category: 'settings',
  decider: settingsDecider,
  schemaVersions: schemaVersionsOf(settingsEvents),
  freshIds: 0,
};
