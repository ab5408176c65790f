/** Time ends credentials too, and no event tells of that. */
const LOOK_EVERY_MS = 1_000;
/** Many changes in a row are one look. */
const SOON_MS = 100;

/** Has something looked at again soon after each change, and every second. */
export class ChangeWatch {
  private readonly every: NodeJS.Timeout;
  private soon: NodeJS.Timeout | undefined;

  constructor(private readonly look: () => void) {
    this.every = setInterval(() => this.lookNow(), LOOK_EVERY_MS).unref();
  }

  changed(): void {
    this.soon ??= setTimeout(() => this.lookNow(), SOON_MS).unref();
  }

  stop(): void {
    clearInterval(this.every);
    clearTimeout(this.soon);
  }

  private lookNow(): void {
    clearTimeout(this.soon);
    this.soon = undefined;
    this.look();
  }
}
