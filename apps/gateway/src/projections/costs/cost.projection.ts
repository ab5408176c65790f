import { evolveUsageSum, usageSumKey, type UsageEvent, type UsageSum } from '@ao/contracts';
import { derivedId } from '@ao/kernel';
import type { Projection } from '@ao/projections';

export const COSTS = 'costs';

/** What was used per day, agent, task type, provider and model. What that costs is for the price table to say, when asked. */
export const costProjection: Projection<UsageSum> = {
  name: COSTS,
  version: 1,
  categories: ['usage'],
  table: 'read_models.costs',
  key: (event) => derivedId('usage', ...usageSumKey(event as unknown as UsageEvent)),
  evolve: (sum, event) => evolveUsageSum(sum, event as unknown as UsageEvent),
  columns: ({ cost, ...sum }) => ({ ...sum, cost_currency: cost?.currency ?? null, cost_micros: cost?.micros ?? 0 }),
};
