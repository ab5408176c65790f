/** Longer texts are seldom equal. */
const LONGEST = 1_024;
const KEPT = 20_000;

/** Hands out one object for all values of the same JSON: fleets say the same of themselves a thousand times. They must not be changed. */
export class SharedValues {
  private readonly byText = new Map<string, unknown>();

  of<T extends object>(value: T): T {
    const text = JSON.stringify(value);
    if (text.length > LONGEST) return value;
    const known = this.byText.get(text);
    if (known !== undefined) return known as T;
    // What was handed out stays as it is; only later values are not shared with it.
    if (this.byText.size >= KEPT) this.byText.clear();
    this.byText.set(text, value);
    return value;
  }
}
