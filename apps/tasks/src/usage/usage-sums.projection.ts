import { evolveUsageSum, usageSumKey, type UsageEvent, type UsageSum } from '@ao/contracts';
import { derivedId } from '@ao/kernel';
import type { Projection } from '@ao/projections';

/** Usage per day, agent, type, provider and model: what spending is counted from after a start. */
export const usageSumsProjection: Projection<UsageSum> = {
  name: 'usage_sums',
  version: 1,
  categories: ['usage'],
  table: 'tasks.usage_sums',
  key: (event) => derivedId('usage', ...usageSumKey(event as unknown as UsageEvent)),
  evolve: (sum, event) => evolveUsageSum(sum, event as unknown as UsageEvent),
  columns: ({ day }) => ({ day }),
};
