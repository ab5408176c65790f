import path from 'node:path';
import { sqlFile } from '@ao/event-log';
import { Pruning, type PruningOptions } from '@ao/projections';
import { firstCounter } from './metric.buckets';

const statement = { name: 'prune_metric_minutes', text: sqlFile(path.join(__dirname, 'sql', 'prune-minutes.sql')) };
/** Longer than the longest period that is told in minutes. */
const KEPT_MS = 2 * 86_400_000;

/** Takes minutes away that nobody asks for any more; hours stay. */
export function minutePruning(options: Pick<PruningOptions, 'pool' | 'clock' | 'onError'>): Pruning {
  return new Pruning({ ...options, statement, keepFrom: (now) => firstCounter('minute', now - KEPT_MS) });
}
