import { priorityBand, type PlaceExplanation } from '@ao/contracts';
import { isoTime, type Clock } from '@ao/kernel';
import type { RoutingStrategy } from '@ao/routing';
import type { OpenTask } from '../open-task/open-task';
import { AgeingCalendar } from './ageing';
import { Alarms } from './alarms';
import type { Cell } from './lane';
import type { Gates } from './gates';
import { Heap } from './heap';
import { MatchMaker, type Match } from './match-maker';
import { Parking } from './parking';
import type { TrackedTask } from './tracked-task';

/** So many tasks at most are looked at or promoted at a stretch: the process has other things to do as well. */
const AT_A_STRETCH = 5_000;
const MOST_COUNTED = 1_000;

/**
 * The queued tasks of a pool: delayed until their time, ready, or parked behind a gate; each of them grows older. Pure
 * and in memory; times are milliseconds since the Unix epoch.
 */
export class WaitingTasks {
  readonly maker: MatchMaker;
  private readonly delayed = new Heap<TrackedTask>((a, b) => a.ready_at < b.ready_at);
  private readonly parking: Parking<TrackedTask>;
  private readonly ageing: AgeingCalendar<TrackedTask>;
  private readonly keys = new Alarms();
  private readonly agents = new Alarms();
  private readonly depths = new Array<number>(101).fill(0);
  private unfinished = false;

  constructor(
    strategy: RoutingStrategy,
    private readonly gates: Gates,
    private readonly clock: Clock,
    ageingMs: number,
  ) {
    this.maker = new MatchMaker(strategy, Math.random, (agentId) => this.bars(agentId));
    this.parking = new Parking((task) => this.maker.add(task, task.task.requirements));
    this.ageing = new AgeingCalendar(ageingMs);
  }

  /** By priority as submitted, 0 to 100. */
  get depthByPriority(): readonly number[] {
    return this.depths;
  }

  add(tracked: TrackedTask): void {
    this.depths[tracked.priority]! += 1;
    if (tracked.ready_at > this.clock.now()) this.delayed.push(tracked);
    else this.enter(tracked);
  }

  /** Takes a task out that will not be given to anybody. */
  remove(tracked: TrackedTask): void {
    this.depths[tracked.priority]! -= 1;
    this.ageing.leave(tracked);
    if (tracked.bay === undefined && tracked.cell === undefined) this.delayed.remove(tracked);
    this.maker.remove(tracked);
    this.parking.remove(tracked);
  }

  /** An agent has the task, or will have it: the task is taken out, and counts for the agent and for its key's turn. */
  give(tracked: TrackedTask, agentId: string): void {
    if (tracked.cell === undefined) {
      this.remove(tracked);
      this.maker.occupy(agentId);
      return;
    }
    this.depths[tracked.priority]! -= 1;
    this.ageing.leave(tracked);
    this.maker.give(tracked, agentId);
    this.parking.passed(tracked);
  }

  /** The task to give out next and the agent for it. What gates hold is parked on the way. */
  next(): Match | undefined {
    this.unfinished = false;
    for (let looked = 0; looked < AT_A_STRETCH; looked += 1) {
      this.parking.send();
      const task = this.maker.first();
      if (task === undefined) {
        if (this.parking.sendMore()) continue;
        return undefined;
      }
      // The maker has no others.
      const tracked = task as TrackedTask;
      const hold = this.gates.holds(tracked.task);
      if (hold === undefined) return this.maker.match(task);
      const cell = tracked.cell!;
      this.maker.remove(tracked);
      this.parking.park(tracked, cell, kindOf(tracked.task), hold.key);
      if (hold.until !== undefined) this.keys.set(hold.key, hold.until);
    }
    this.unfinished = true;
    return undefined;
  }

  /** Where it stands in the queue. */
  placeOf(tracked: TrackedTask): PlaceExplanation {
    const now = this.clock.now();
    const nextLevelAt = this.ageing.nextLevelAt(tracked, now);
    const cell = tracked.cell ?? tracked.bay?.cell;
    const before = (tracked.cell ?? tracked.bay)?.tasks.countBefore(tracked, MOST_COUNTED) ?? 0;
    const scouts = tracked.bay?.scout === undefined ? 0 : 1;
    return {
      effective_priority: this.ageing.levelOf(tracked, now),
      ...(nextLevelAt !== undefined && { next_level_at: isoTime(nextLevelAt) }),
      ahead: before + scouts,
      ...(before === MOST_COUNTED && { ahead_counted_up_to: MOST_COUNTED }),
      other_keys: cell === undefined ? 0 : otherKeys(cell),
    };
  }

  /** What was held by the key may pass. */
  freed(key: string): void {
    this.parking.freed(key);
  }

  /** Brings everything in line with the time. */
  wake(): void {
    const now = this.clock.now();
    for (let first = this.delayed.peek(); first && first.ready_at <= now; first = this.delayed.peek()) {
      this.delayed.remove(first);
      this.enter(first);
    }
    for (let key = this.keys.ring(now); key !== undefined; key = this.keys.ring(now)) this.parking.freed(key);
    for (let id = this.agents.ring(now); id !== undefined; id = this.agents.ring(now)) this.maker.recheck(id);
    for (const tracked of this.ageing.due(now, AT_A_STRETCH)) this.promote(tracked, now);
  }

  /** When `wake` has something to do again, or `next` would find more. */
  due(): number | undefined {
    const times = [this.delayed.peek()?.ready_at, this.keys.next(), this.agents.next(), this.ageing.next()];
    if (this.unfinished) times.push(this.clock.now());
    const known = times.filter((time) => time !== undefined);
    return known.length > 0 ? Math.min(...known) : undefined;
  }

  private enter(tracked: TrackedTask): void {
    const now = this.clock.now();
    tracked.level = this.ageing.levelOf(tracked, now);
    this.ageing.enter(tracked, now);
    this.maker.add(tracked, tracked.task.requirements);
  }

  private promote(tracked: TrackedTask, now: number): void {
    const level = this.ageing.levelOf(tracked, now);
    if (tracked.bay !== undefined) this.parking.rerank(tracked, () => (tracked.level = level));
    else {
      this.maker.remove(tracked);
      tracked.level = level;
      this.maker.add(tracked, tracked.task.requirements);
    }
    this.ageing.enter(tracked, now);
  }

  private bars(agentId: string): boolean {
    const hold = this.gates.holdsAgent(agentId);
    // Not at once again, whatever the gate says: `wake` would go round in circles.
    if (hold?.until !== undefined) this.agents.set(agentId, Math.max(hold.until, this.clock.now() + 1));
    return hold !== undefined;
  }
}

/** Of all that gates may go by. */
function kindOf({ type, concurrency_key = '', priority }: OpenTask): string {
  return `${type}\u0000${concurrency_key}\u0000${priorityBand(priority)}`;
}

function otherKeys({ group, key }: Cell): number {
  let count = 0;
  for (const cell of group.cells.values()) if (cell.key !== key && cell.tasks.size > 0) count += 1;
  return count;
}
