import { z } from 'zod';
import { event, type EventOf } from '../contract';
import { Currency } from '../money';
import { Json, Time, text } from '../text';
import { PriceTable, type Price } from './price';

export const SETTING_TYPES = ['string', 'integer', 'number', 'boolean', 'json'] as const;
export type SettingType = (typeof SETTING_TYPES)[number];

/** A setting's type, its default and what it governs; zod checks what is set. */
export interface SettingDefinition<Value = unknown> {
  readonly type: SettingType;
  readonly schema: z.ZodType<Value>;
  readonly default: Value;
  readonly description: string;
}

const timeZone = text(64, 1).refine((zone) => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}, 'must be an IANA time zone');

/** Empty: none. */
const publicUrl = text(500).refine(
  (url) => url === '' || (/^https?:\/\/[^\s?#@]+$/.test(url) && URL.canParse(url)),
  'must be an http or https URL without user, query and fragment',
);

/** Every setting there is, as `category.key`. Each is obeyed within two seconds of its change. */
export const SETTINGS = {
  'general.installation_name': setting(
    'string',
    text(100, 1),
    'agent-orchestration',
    'Name shown by /health and in MFA apps',
  ),
  'general.public_url': setting(
    'string',
    publicUrl,
    '',
    'URL where clients reach this installation, as agent cards name it; empty: where each caller reached it',
  ),
  'general.time_zone': setting('string', timeZone, 'UTC', 'IANA time zone of reports'),
  'rate_limits.requests_per_hour': setting(
    'integer',
    z.int().min(1).max(100_000_000),
    1_000,
    'Requests of one user, key or client per hour, unless the key has its own',
  ),
  'rate_limits.requests_per_minute': setting('integer', z.int().min(1).max(10_000_000), 100, 'The same per minute'),
  'agents.heartbeat_interval_seconds': setting(
    'number',
    z.number().min(0.2).max(3_600),
    30,
    'Seconds between heartbeats of an agent that registers without saying otherwise',
  ),
  'tasks.lease_seconds': setting(
    'integer',
    z.int().min(1).max(86_400),
    60,
    'Seconds of a lease of a task that is submitted without saying otherwise',
  ),
  'costs.currency': setting('string', Currency, 'USD', 'ISO 4217 currency of cost reports and of budgets'),
  'costs.prices': setting(
    'json',
    PriceTable,
    [],
    'What a million tokens of each model cost, and from which day on; costs are told by the present list',
  ),
  'notifications.alerts_to_admins': setting(
    'boolean',
    z.boolean(),
    true,
    'Whether admins are notified of system alerts that are a warning or critical without a rule that says so',
  ),
} as const satisfies Record<
  string,
  | SettingDefinition<never>
  | SettingDefinition<boolean>
  | SettingDefinition<string>
  | SettingDefinition<number>
  | SettingDefinition<Price[]>
>;
export type SettingName = keyof typeof SETTINGS;
export type SettingValues = { readonly [Name in SettingName]: (typeof SETTINGS)[Name]['default'] };

function setting<Value>(
  type: SettingType,
  schema: z.ZodType<Value>,
  value: Value,
  description: string,
): SettingDefinition<Value> {
  return { type, schema, default: value, description };
}

export const SETTING_NAMES = Object.keys(SETTINGS) as SettingName[];
export const isSettingName = (name: string): name is SettingName => Object.hasOwn(SETTINGS, name);

export const DEFAULT_SETTINGS = Object.fromEntries(
  Object.entries(SETTINGS).map(([name, { default: value }]) => [name, value]),
) as SettingValues;

/** One stream, `settings-<derivedId('settings')>`: several settings change in one event or not at all. */
export const settingsEvents = {
  SettingsChanged: event(
    'settings',
    'SettingsChanged',
    1,
    z.object({
      changes: z.array(z.object({ name: z.string(), value: Json, previous: Json })),
      at: Time,
    }),
  ),
} as const;
export type SettingsEvent = EventOf<typeof settingsEvents>;

/** Names that this release does not know are left aside. */
export function evolveSettings(values: SettingValues, event: SettingsEvent): SettingValues {
  if (event.type !== 'SettingsChanged') return values;
  const known = event.data.changes.filter(({ name }) => isSettingName(name));
  return { ...values, ...Object.fromEntries(known.map(({ name, value }) => [name, value])) };
}
