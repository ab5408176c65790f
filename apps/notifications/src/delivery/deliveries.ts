import { createLockSession } from '@ao/event-log';
import type { DeliveryTarget } from '@ao/contracts';
import type { ClientBase } from 'pg';
import type { Part, PartDependencies } from '../part';
import { DeliveryEngine, type EngineLimits } from './delivery-engine';
import { DeliveryLog } from './delivery-log';
import { deliveryMetrics } from './delivery.metrics';
import { addDeliveries, DeliveryStore } from './delivery.store';
import { TEST_EVENT, type Deliveries, type Sender } from './delivery.types';
import { keptOf } from './ended-attempt';
import { runWhile } from './run-while';
import { TargetTable } from './target-table';

export type DeliveriesDependencies = Pick<PartDependencies, 'pool' | 'clock' | 'metrics' | 'logger'> & {
  readonly config: Pick<PartDependencies['config'], 'DELIVERY_RETENTION_DAYS'>;
};

/** What one replica does for all, for as long as it is the one that sends. */
export interface Duty {
  readonly name: string;
  /** In milliseconds, from the end of one run to the next. */
  readonly everyMs: number;
  /** Returns in how many milliseconds to run again, where that is not `everyMs`. */
  run(owner: AbortSignal): Promise<number | void>;
}

export interface DeliveriesPart extends Deliveries, Part {
  start(): Promise<void>;
  /** May be called again. */
  stop(): Promise<void>;
  readonly log: DeliveryLog;
  readonly targets: TargetTable;
  /** Before `start`. */
  duty(duty: Duty): void;
}

const AT_ONCE = 5_000;

/** Everything that is sent to anybody outside, and what became of it. */
export function createDeliveries(deps: DeliveriesDependencies, limits: Partial<EngineLimits> = {}): DeliveriesPart {
  const { pool, clock, logger, config } = deps;
  const store = new DeliveryStore(pool);
  const metrics = deliveryMetrics(deps.metrics);
  const senders = new Map<DeliveryTarget['kind'], Sender>();
  const locks = createLockSession({ pool, onError: (err) => logger.warn({ err }, 'the lock of deliveries') });
  const onError = (err: unknown, what: string) => logger.warn({ err }, what);
  const engine = new DeliveryEngine({ store, locks, clock, metrics, senders, limits, onError });
  const duties: Duty[] = [
    { name: 'count', everyMs: 15_000, run: async () => metrics.pending.set(await store.pending()) },
    { name: 'drop', everyMs: 5_000, run: async () => againIfFull(await store.dropClosed(AT_ONCE)) },
    {
      name: 'prune',
      everyMs: 600_000,
      run: async () => againIfFull(await store.prune(config.DELIVERY_RETENTION_DAYS, AT_ONCE)),
    },
  ];

  const failed = (duty: string) => (err: unknown) => logger.warn({ err, duty }, 'a duty of deliveries failed');
  let stopping: Promise<void> | undefined;
  async function standDown(): Promise<void> {
    await engine.stop();
    await locks.stop();
    metrics.pending.set(0);
  }

  return {
    log: new DeliveryLog(pool),
    targets: new TargetTable(pool),
    register: (kind, sender) => void senders.set(kind, sender),
    duty: (duty) => void duties.push(duty),
    add: (transaction: ClientBase, deliveries) => addDeliveries(transaction, deliveries),
    nudge: () => engine.nudge(),
    async test(tested) {
      const delivery = { ...tested, event: TEST_EVENT, position: null };
      const at = { ...delivery, attempt: 1, tries: 0, created_at: new Date(clock.now()).toISOString() };
      const { result, startedAt, now } = await engine.attempt(at);
      const duration_ms = Math.round(now - startedAt);
      const state = result.delivered ? 'delivered' : 'failed';
      const kept = keptOf(result);
      await store.recordOnce(delivery, { at: at.created_at, duration_ms, state, ...kept });
      const { status_code, error, detail } = kept;
      return {
        ...{ delivery_id: delivery.delivery_id, delivered: result.delivered },
        ...{ status_code, error, detail, duration_ms },
      };
    },
    start() {
      engine.start((owner) =>
        Promise.all(duties.map(({ name, everyMs, run }) => runWhile(owner, everyMs, run, failed(name)))),
      );
      return Promise.resolve();
    },
    stop: () => (stopping ??= standDown()),
  };
}

/** There is more, but others want to use the tables as well. */
const againIfFull = (found: number) => (found >= AT_ONCE ? 200 : undefined);
