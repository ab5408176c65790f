import { Heap, type Slotted } from './heap';

interface Alarm extends Slotted {
  readonly name: string;
  at: number;
}

/** What is to be looked at again at a time, each name at the earliest time asked for. */
export class Alarms {
  private readonly byName = new Map<string, Alarm>();
  private readonly order = new Heap<Alarm>((a, b) => a.at < b.at);

  set(name: string, at: number): void {
    const known = this.byName.get(name);
    if (known === undefined) {
      const alarm: Alarm = { name, at, slot: -1 };
      this.byName.set(name, alarm);
      this.order.push(alarm);
    } else if (at < known.at) {
      known.at = at;
      this.order.moved(known);
    }
  }

  /** The next one whose time has come; it is set no longer. */
  ring(now: number): string | undefined {
    const first = this.order.peek();
    if (first === undefined || first.at > now) return undefined;
    this.order.remove(first);
    this.byName.delete(first.name);
    return first.name;
  }

  next(): number | undefined {
    return this.order.peek()?.at;
  }
}
