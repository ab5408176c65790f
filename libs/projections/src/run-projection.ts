import type { Followed, Position, RunningOwned, Subscriptions } from '@ao/event-log';
import type { ModelPosition } from '@ao/contracts';
import { applyBatch, liveTables } from './apply-batch';
import { createDocumentCache } from './document-cache';
import type { Projection } from './projection';

export interface RunProjectionOptions {
  /** Told after each commit how far the model is: for MODEL_POSITIONS on the bus. Must not throw. */
  readonly announce?: (position: ModelPosition) => void;
  /**
   * At most this many events per transaction; default 2,000. Only a projection that catches up gets that many, and the
   * more there are, the more of them concern the same documents, which are written once.
   */
  readonly batchSize?: number;
  /** Milliseconds between two transactions at least, while it does not lag by whole batches and nobody waits; default 0. */
  readonly restMs?: number;
  readonly interest?: Followed['interest'];
}

/**
 * Keeps a projection's tables up to date: an owned subscription named after it, in the schema of `subscriptions`. When
 * the tables stand at another version than the projection it pauses until they are rebuilt (`npm run replay -- NAME`).
 */
export function runProjection<Document extends object>(
  subscriptions: Subscriptions,
  projection: Projection<Document>,
  options: RunProjectionOptions = {},
): Promise<RunningOwned> {
  const tables = liveTables(projection);
  const cache = createDocumentCache<Document>();
  return subscriptions.owned({
    name: projection.name,
    version: projection.version,
    categories: projection.categories,
    types: projection.types,
    batchSize: options.batchSize ?? 2_000,
    restMs: options.restMs,
    interest: options.interest,
    activated: () => cache.clear(),
    async handle(events, transaction) {
      // Not in the cache before the commit: what is rolled back never was.
      cache.discard();
      cache.propose(await applyBatch(projection, tables, events, transaction, cache));
    },
    committed(position: Position, events) {
      if (events.length > 0) cache.accept();
      options.announce?.({ model: projection.name, position });
    },
  });
}
