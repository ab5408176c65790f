import { DEFAULT_SETTINGS, SETTINGS, SETTING_NAMES, isSettingName, type SettingName } from '@ao/contracts';
import type { RecordedEvent } from '@ao/event-log';
import type { z } from 'zod';
import { validationProblem } from '../../http/failures';
import { escapePointer } from '../../http/json-body';
import { Problem } from '../../http/problem';
import type { SettingChange, ShownSetting } from './settings.schemas';

type Values = Readonly<Record<string, unknown>>;

/** `defaults`: what they are while nobody sets them, in this installation. */
export function presentSetting(name: SettingName, values: Values, defaults: Values = DEFAULT_SETTINGS): ShownSetting {
  const { type, description } = SETTINGS[name];
  return { value: values[name] ?? defaults[name], default: defaults[name], type, description };
}

/** Every setting there is, by category and key. */
export function presentSettings(
  values: Values,
  defaults: Values = DEFAULT_SETTINGS,
): Record<string, Record<string, ShownSetting>> {
  const categories: Record<string, Record<string, ShownSetting>> = {};
  for (const name of SETTING_NAMES) {
    const [category = '', key = ''] = name.split('.');
    (categories[category] ??= {})[key] = presentSetting(name, values, defaults);
  }
  return categories;
}

/** @throws Problem 404 */
export function settingName(category: string, key: string): SettingName {
  const name = `${category}.${key}`;
  if (isSettingName(name)) return name;
  throw new Problem(404, 'setting_not_found', 'Setting not found', {
    errors: [{ pointer: '/path/key', message: 'names no setting' }],
  });
}

/** The value as the setting keeps it. @throws Problem 422 that names the place */
export function settingValue(name: SettingName, value: unknown, pointer: string): unknown {
  const schema: z.ZodType = SETTINGS[name].schema;
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw validationProblem(parsed.error, pointer);
}

/** Several at once. @throws Problem 422 for the first that is unknown or of the wrong type */
export function settingChanges(settings: Values): { name: SettingName; value: unknown }[] {
  return Object.entries(settings).map(([name, value]) => {
    const pointer = `/settings/${escapePointer(name)}`;
    if (!isSettingName(name)) {
      throw new Problem(422, 'validation_failed', `${pointer}: names no setting`, {
        errors: [{ pointer, message: 'names no setting' }],
      });
    }
    return { name, value: settingValue(name, value, pointer) };
  });
}

interface SettingsChanged {
  readonly changes: readonly { readonly name: string; readonly value: unknown; readonly previous: unknown }[];
  readonly at: string;
}

/** The changes of one setting among the events of all, newest first. */
export function presentHistory(
  events: readonly RecordedEvent[],
  name: SettingName,
  limit: number,
): z.infer<typeof SettingChange>[] {
  return events
    .flatMap(({ type, data, position, metadata }) => {
      if (type !== 'SettingsChanged') return [];
      const { changes, at } = data as SettingsChanged;
      const change = changes.find((candidate) => candidate.name === name);
      if (!change) return [];
      const { value, previous } = change;
      return [
        { position, changed_at: at, actor: { type: metadata.actor.type, id: metadata.actor.id }, value, previous },
      ];
    })
    .reverse()
    .slice(0, limit);
}
