/** What waits: only who it is for is looked at. */
export interface Queued {
  readonly delivery_id: string;
  readonly target: { readonly id: string };
}

export interface QueueLimits {
  /** To one target at a time. */
  readonly perTarget: number;
  /** To all together. */
  readonly overall: number;
  /** Rows kept in memory of one target. */
  readonly perQueue: number;
}

interface Target<D> {
  queue: D[];
  atWork: number;
  /** Grows from one success to the next, and shrinks with each failure. */
  slots: number;
  /** Its last attempt failed. */
  suspect: boolean;
  /** Monotonic milliseconds: it asked to be left alone until then. */
  restUntil: number;
  /** There is more where the queue came from. */
  more: boolean;
}

/** New targets begin with so many slots: one that hangs holds no more than these. */
const FIRST_SLOTS = 2;
/** Of a suspect's rows only so many are kept. */
const SUSPECT_QUEUE = 4;
/** A target that wants to be left alone is, but for so long at most: then a single delivery shows whether it still does. */
const LONGEST_REST_MS = 60_000;

/**
 * Which delivery goes next. Targets take turns; each has at most its slots at work, and those whose last attempt failed
 * hold, all together, at most half of everything: however many receivers hang, the others find room.
 */
export class TargetQueues<D extends Queued> {
  private readonly targets = new Map<string, Target<D>>();
  /** Targets with something in their queue, in the order of their turns. */
  private readonly turns = new Set<string>();
  private queuedCount = 0;
  private atWorkCount = 0;
  private suspectsAtWork = 0;

  constructor(
    private readonly limits: QueueLimits,
    private readonly monotonic: () => number = () => performance.now(),
  ) {}

  get atWork(): number {
    return this.atWorkCount;
  }

  get queued(): number {
    return this.queuedCount;
  }

  /** How many further rows of a target are wanted. */
  room(targetId: string): number {
    const target = this.targets.get(targetId);
    if (!target) return this.limits.perQueue;
    if (target.restUntil > this.monotonic()) return 0;
    const most = target.suspect ? Math.min(SUSPECT_QUEUE, this.limits.perQueue) : this.limits.perQueue;
    // Half empty: one look brings many rows, and as many for each, so that one statement can ask for several targets.
    return target.queue.length * 2 > most ? 0 : Math.ceil(most / 2);
  }

  /** `more`: the target has more that is due than was asked for. `failing`: it is known to fail, if nothing newer is. */
  add(targetId: string, deliveries: readonly D[], more: boolean, failing = false): void {
    const isNew = !this.targets.has(targetId);
    const target = this.of(targetId);
    if (isNew && failing) Object.assign(target, { suspect: true, slots: 1 });
    target.queue.push(...deliveries);
    target.more = more;
    this.queuedCount += deliveries.length;
    if (target.queue.length > 0) this.turns.add(targetId);
  }

  /** The next one, which then is at work; undefined: none may begin now. */
  next(): D | undefined {
    if (this.atWorkCount >= this.limits.overall) return undefined;
    const now = this.monotonic();
    for (const targetId of this.turns) {
      const target = this.targets.get(targetId)!;
      if (target.atWork >= target.slots || target.restUntil > now) continue;
      if (target.suspect && this.suspectsAtWork >= this.limits.overall / 2) continue;
      const delivery = target.queue.shift()!;
      this.queuedCount -= 1;
      this.turns.delete(targetId);
      if (target.queue.length > 0) this.turns.add(targetId);
      target.atWork += 1;
      this.atWorkCount += 1;
      if (target.suspect) this.suspectsAtWork += 1;
      return delivery;
    }
    return undefined;
  }

  /** An attempt ended; `restMs`: the target asks to be left alone. True: its queue runs low, and there is more. */
  ended(targetId: string, arrived: boolean, restMs = 0): boolean {
    const target = this.of(targetId);
    if (target.suspect) this.suspectsAtWork -= target.atWork;
    target.atWork -= 1;
    this.atWorkCount -= 1;
    target.suspect = !arrived;
    if (target.suspect) this.suspectsAtWork += target.atWork;
    target.slots = arrived
      ? Math.min(target.slots * 2, this.limits.perTarget)
      : Math.max(1, Math.floor(target.slots / 2));
    if (restMs > 0) target.restUntil = this.monotonic() + Math.min(restMs, LONGEST_REST_MS);
    if (target.atWork === 0 && target.queue.length === 0 && arrived && !target.more) this.targets.delete(targetId);
    return target.more && target.queue.length * 2 <= this.limits.perQueue;
  }

  /** Forgets what waits for a target (all of them): it is in the table. What is at work goes on. */
  clear(targetId?: string): D[] {
    const cleared: D[] = [];
    for (const id of targetId === undefined ? [...this.turns] : [targetId]) {
      const target = this.targets.get(id);
      if (!target) continue;
      this.queuedCount -= target.queue.length;
      cleared.push(...target.queue);
      target.queue = [];
      target.more = false;
      this.turns.delete(id);
      if (target.atWork === 0) this.targets.delete(id);
    }
    return cleared;
  }

  private of(targetId: string): Target<D> {
    let target = this.targets.get(targetId);
    if (!target) {
      const slots = Math.min(FIRST_SLOTS, this.limits.perTarget);
      target = { queue: [], atWork: 0, slots, suspect: false, restUntil: 0, more: false };
      this.targets.set(targetId, target);
    }
    return target;
  }
}
