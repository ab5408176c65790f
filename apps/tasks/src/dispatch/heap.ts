/** Where an item stands in its heap; -1 outside. An item is in at most one heap at a time. */
export interface Slotted {
  slot: number;
}

/**
 * A binary heap whose items know their place, so that any of them can be moved or taken out in O(log n) without a
 * search. `before(a, b)`: a comes out earlier than b; it must not change for items inside, unless `moved` follows.
 */
export class Heap<T extends Slotted> {
  private readonly items: T[] = [];

  constructor(private readonly before: (a: T, b: T) => boolean) {}

  get size(): number {
    return this.items.length;
  }

  peek(): T | undefined {
    return this.items[0];
  }

  /** The item in a place from 0 to `size` - 1, in no particular order. */
  at(place: number): T | undefined {
    return this.items[place];
  }

  push(item: T): void {
    this.put(item, this.items.length);
    this.up(item);
  }

  remove(item: T): void {
    const { slot } = item;
    const last = this.items.pop()!;
    item.slot = -1;
    if (last === item) return;
    this.put(last, slot);
    this.moved(last);
  }

  /** Restores the order after the item's rank has changed. */
  moved(item: T): void {
    this.up(item);
    this.down(item);
  }

  /** The first `count` items in order; O(count²) for the small counts it is meant for, whatever the heap's size. */
  first(count: number): T[] {
    const found: T[] = [];
    const frontier = this.items.length > 0 ? [this.items[0]!] : [];
    while (found.length < count && frontier.length > 0) {
      let best = 0;
      for (let index = 1; index < frontier.length; index += 1) {
        if (this.before(frontier[index]!, frontier[best]!)) best = index;
      }
      const [item] = frontier.splice(best, 1);
      found.push(item!);
      for (const child of [2 * item!.slot + 1, 2 * item!.slot + 2]) {
        if (child < this.items.length) frontier.push(this.items[child]!);
      }
    }
    return found;
  }

  /** How many items come out before this one, which may be any with the same rank; no more than `most` are counted. */
  countBefore(item: T, most: number): number {
    let count = 0;
    const places = [0];
    for (let place = places.pop(); place !== undefined && count < most; place = places.pop()) {
      const other = this.items[place];
      if (other === undefined || !this.before(other, item)) continue;
      count += 1;
      places.push(2 * place + 1, 2 * place + 2);
    }
    return count;
  }

  /** In no particular order. */
  [Symbol.iterator](): Iterator<T> {
    return this.items[Symbol.iterator]();
  }

  private up(item: T): void {
    while (item.slot > 0) {
      const parent = this.items[(item.slot - 1) >> 1]!;
      if (!this.before(item, parent)) return;
      this.swap(item, parent);
    }
  }

  private down(item: T): void {
    for (;;) {
      const left = 2 * item.slot + 1;
      if (left >= this.items.length) return;
      let child = this.items[left]!;
      const right = this.items[left + 1];
      if (right !== undefined && this.before(right, child)) child = right;
      if (!this.before(child, item)) return;
      this.swap(item, child);
    }
  }

  private swap(a: T, b: T): void {
    const { slot } = a;
    this.put(a, b.slot);
    this.put(b, slot);
  }

  private put(item: T, slot: number): void {
    this.items[slot] = item;
    item.slot = slot;
  }
}
