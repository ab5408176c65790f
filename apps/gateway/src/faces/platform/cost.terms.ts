import type { SettingValues } from '@ao/contracts';
import type { CostCalendar } from './cost.presenter';

/** How costs are told by the settings as they are now. */
export function costCalendar(settings: SettingValues, now: number): CostCalendar {
  return {
    prices: settings['costs.prices'],
    currency: settings['costs.currency'],
    timeZone: settings['general.time_zone'],
    now,
  };
}
