/** Above this a typed array is smaller than what an array takes. */
const SHORT = 24;

/**
 * Whole numbers below 2^32 in ascending order. Half of all words are in one text or two and a few are in all, so a short list
 * is an array and a long one is packed, four bytes each.
 */
export class PostingList {
  private numbers: number[] | Uint32Array;
  private size = 1;

  constructor(first: number) {
    this.numbers = [first];
  }

  get length(): number {
    return this.size;
  }

  at(index: number): number {
    return this.numbers[index]!;
  }

  insert(number: number): void {
    const place = this.placeOf(number);
    const room = this.withRoom();
    room.copyWithin(place + 1, place, this.size);
    room[place] = number;
    this.size += 1;
  }

  /** Removes the first number from `least` on. */
  removeFrom(least: number): void {
    const place = this.placeOf(least);
    this.numbers.copyWithin(place, place + 1, this.size);
    this.size -= 1;
    if (Array.isArray(this.numbers)) this.numbers.length = this.size;
  }

  private placeOf(least: number): number {
    let low = 0;
    let high = this.size;
    if (high > 0 && this.numbers[high - 1]! < least) return high;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.numbers[middle]! < least) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private withRoom(): number[] | Uint32Array {
    if (this.size < SHORT && Array.isArray(this.numbers)) this.numbers.push(0);
    else if (this.size >= this.numbers.length || Array.isArray(this.numbers)) {
      const larger = new Uint32Array(Math.ceil(this.size * 1.25) + 8);
      larger.set(this.numbers.slice(0, this.size));
      this.numbers = larger;
    }
    return this.numbers;
  }
}
