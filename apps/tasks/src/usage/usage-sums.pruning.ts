import path from 'node:path';
import { sqlFile } from '@ao/event-log';
import { Pruning, type PruningOptions } from '@ao/projections';

const statement = { name: 'prune_usage_sums', text: sqlFile(path.join(__dirname, 'sql', 'prune-sums.sql')) };
/** Days are stamped in zones up to a day away from UTC, and by clocks that may differ a little. */
const SLACK_MS = 2 * 86_400_000;

/** The first day whose sums a month's spending is counted from. `now`: milliseconds since the Unix epoch. */
export function firstDayCounted(now: number): string {
  return `${new Date(now - SLACK_MS).toISOString().slice(0, 7)}-01`;
}

/** Takes the sums of months away that are over; what was used then is in the log and in the read models. */
export function usageSumsPruning(options: Pick<PruningOptions, 'pool' | 'clock' | 'onError'>): Pruning {
  return new Pruning({ ...options, statement, keepFrom: firstDayCounted });
}
