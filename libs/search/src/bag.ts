/** A set that holds nothing but its only member while it has one: most of three hundred thousand sets never get a second. */
export class Bag<Item> {
  private others: Set<Item> | undefined;

  constructor(private first: Item | undefined) {}

  get isEmpty(): boolean {
    return this.first === undefined;
  }

  add(item: Item): void {
    if (this.first === undefined) this.first = item;
    else if (item !== this.first) (this.others ??= new Set()).add(item);
  }

  remove(item: Item): boolean {
    if (item !== this.first) return this.others?.delete(item) ?? false;
    this.first = undefined;
    for (const other of this.others ?? []) {
      this.others!.delete(other);
      this.first = other;
      break;
    }
    return true;
  }

  *[Symbol.iterator](): Iterator<Item> {
    if (this.first !== undefined) yield this.first;
    if (this.others) yield* this.others;
  }
}
