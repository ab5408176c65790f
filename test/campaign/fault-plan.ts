import { seededRandom } from '@ao/routing/testing';

/**
 * `restart`: Postgres' immediate shutdown, as a crash; `freeze`: SIGSTOP, and SIGCONT after a while; `cut`: every second
 * connection to Postgres is ended every two seconds; `absent`: frozen while a gateway and a replica of tasks are started.
 */
export type FaultKind = 'kill' | 'restart' | 'freeze' | 'cut' | 'absent';

/**
 * Of the replicas of tasks, the one that owns the dispatch pool at that moment, and another. `agent`: any of them;
 * `backend`: the process in Postgres of any connection of a service.
 */
export const TARGETS = [
  'gateway',
  'registry',
  'discovery',
  'identity',
  'owner',
  'standby',
  'nats',
  'postgres',
  'backend',
  'agent',
] as const;
export type Target = (typeof TARGETS)[number];

export interface Fault {
  readonly kind: FaultKind;
  readonly target: Target;
  /** Of a fault that lasts. */
  readonly forMs: number;
}

export interface FaultPlanOptions {
  readonly seed: number;
  readonly faults: number;
  /** A frozen agent wakes up when its leases are over. */
  readonly leaseMs: number;
  /** A frozen service wakes up after half of it at least. */
  readonly longestFreezeMs: number;
}

const DECK: readonly (readonly [FaultKind, Target])[] = [
  ...TARGETS.map((target) => ['kill', target] as const),
  ['restart', 'postgres'],
  ...TARGETS.filter((target) => target !== 'nats' && target !== 'postgres').map(
    (target) => ['freeze', target] as const,
  ),
  ['cut', 'postgres'],
  ['absent', 'nats'],
  ['absent', 'postgres'],
];
export const KINDS_OF_FAULTS = DECK.length;

/** The same for the same seed. Every fault comes once before any comes again. */
export function faultPlan({ seed, faults, leaseMs, longestFreezeMs }: FaultPlanOptions): Fault[] {
  const random = seededRandom(seed);
  const plan: Fault[] = [];
  while (plan.length < faults) {
    for (const [kind, target] of shuffled(DECK, random)) {
      const share = 0.5 + random() / 2;
      const lasts = kind !== 'kill' && kind !== 'restart';
      const forMs = !lasts ? 0 : target === 'agent' ? leaseMs * (1 + share) : longestFreezeMs * share;
      plan.push({ kind, target, forMs: Math.round(forMs) });
    }
  }
  return plan.slice(0, faults);
}

function shuffled<Item>(items: readonly Item[], random: () => number): Item[] {
  const order = items.slice();
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order;
}
