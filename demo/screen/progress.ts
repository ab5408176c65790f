import type { WriteStream } from 'node:tty';

interface Bar {
  readonly label: string;
  done: number;
  total: number;
}

const WIDTH = 28;

/**
 * One bar per kind of task. On a terminal they are redrawn in place and lines written meanwhile go above them; elsewhere
 * (a pipe, a CI log) a bar is a plain line whenever it has moved by a quarter.
 */
export class Progress {
  private readonly bars = new Map<string, Bar>();
  private readonly told = new Map<string, number>();
  private drawn = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly out: Pick<WriteStream, 'write'> & { isTTY?: boolean; columns?: number }) {}

  expect(label: string, total: number): void {
    const bar = this.bars.get(label);
    if (bar) bar.total = total;
    else this.bars.set(label, { label, done: 0, total });
    this.refresh(label);
  }

  advance(label: string): void {
    const bar = this.bars.get(label);
    if (!bar) return;
    bar.done += 1;
    this.refresh(label);
  }

  /** A line that stays. */
  say(line: string): void {
    this.erase();
    this.out.write(`${line}\n`);
    this.draw();
  }

  /** Leaves the bars as they are and draws no more. */
  finish(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.erase();
    this.draw();
    this.drawn = 0;
    this.bars.clear();
  }

  private refresh(label: string): void {
    if (!this.out.isTTY) return this.tellQuarter(label);
    // Ten times a second is smooth enough, and a thousand tasks a second must not be a thousand redraws.
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.erase();
      this.draw();
    }, 100).unref();
  }

  private tellQuarter(label: string): void {
    const bar = this.bars.get(label);
    if (!bar || bar.total === 0 || bar.done === 0) return;
    const quarter = Math.floor((bar.done / bar.total) * 4);
    if (quarter <= (this.told.get(label) ?? 0)) return;
    this.told.set(label, quarter);
    this.out.write(`${lineOf(bar)}\n`);
  }

  private erase(): void {
    if (this.drawn > 0) this.out.write(`\u001b[${this.drawn}A\u001b[0J`);
    this.drawn = 0;
  }

  private draw(): void {
    if (!this.out.isTTY) return;
    const columns = this.out.columns ?? 80;
    for (const bar of this.bars.values()) this.out.write(`${lineOf(bar).slice(0, columns - 1)}\n`);
    this.drawn = this.bars.size;
  }
}

function lineOf({ label, done, total }: Bar): string {
  const share = total === 0 ? 1 : Math.min(1, done / total);
  const full = Math.round(share * WIDTH);
  const bar = '█'.repeat(full) + '░'.repeat(WIDTH - full);
  return `  ${label.padEnd(18)} ${bar} ${String(done).padStart(String(total).length)}/${total}`;
}
