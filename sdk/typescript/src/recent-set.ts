/** Remembers the last `size` entries, forgets the oldest. */
export class RecentSet {
  private readonly entries = new Set<string>();

  constructor(private readonly size: number) {}

  has(entry: string): boolean {
    return this.entries.has(entry);
  }

  add(entry: string): void {
    this.entries.add(entry);
    if (this.entries.size <= this.size) return;
    for (const oldest of this.entries) {
      this.entries.delete(oldest);
      return;
    }
  }
}
