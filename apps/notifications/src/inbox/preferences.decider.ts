import {
  DEFAULT_PREFERENCES,
  evolvePreferences,
  preferencesEvents,
  schemaVersionsOf,
  type Preferences,
  type PreferencesDocument,
  type PreferencesEvent,
} from '@ao/contracts';
import type { Aggregate } from '@ao/event-log';
import { accept, isSameJson, type Command, type Decider } from '@ao/kernel';

type State = PreferencesDocument | undefined;

/** What is absent stays as it is. */
export type SetPreferences = Command<'SetPreferences', Partial<Preferences> & { readonly user_id: string }>;

export const preferencesDecider: Decider<State, SetPreferences, PreferencesEvent> = {
  initialState: () => undefined,
  evolve: evolvePreferences,
  decide({ data: { user_id, ...changes }, metadata }, before) {
    const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
    const { updated_at, ...now } = before ?? { ...DEFAULT_PREFERENCES, user_id, updated_at: undefined };
    const next = { ...now, ...given } as typeof now;
    if (updated_at !== undefined && isSameJson(next, now)) return accept([], before);
    const at = metadata.time;
    return accept([{ type: 'PreferencesSet', data: { ...next, at } }], { ...next, updated_at: at });
  },
};

/** Stream `preferences-<user's uuid>`. */
export const preferencesAggregate: Aggregate<State, SetPreferences, PreferencesEvent> = {
  category: 'preferences',
  decider: preferencesDecider,
  schemaVersions: schemaVersionsOf(preferencesEvents),
  freshIds: 0,
};
