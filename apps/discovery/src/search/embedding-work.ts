import type { Embedder, SearchIndex, Vector } from '@ao/search';
import type { VectorCache } from './embedding-cache';

const BATCH = 64;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

export interface EmbeddingWorkDependencies {
  readonly index: Pick<SearchIndex<unknown>, 'wants' | 'setVector'>;
  readonly embedder: Embedder;
  readonly cache: VectorCache;
  /** Once per outage. */
  readonly onError: (error: unknown, message: string) => void;
  /** Milliseconds after the first failure; doubles up to 30 s. */
  readonly firstPauseMs?: number;
}

/**
 * Gets the vectors of new texts from the cache or the embedder, in the background and in batches. While the embedder is
 * away the texts wait, and are searched by their words.
 */
export class EmbeddingWork {
  private readonly waiting = new Set<string>();
  private running: Promise<void> | undefined;
  private stopped = false;
  private wake: (() => void) | undefined;

  constructor(private readonly dependencies: EmbeddingWorkDependencies) {}

  add(text: string): void {
    this.waiting.add(text);
    if (!this.stopped) this.running ??= this.run();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.wake?.();
    await this.running;
  }

  private async run(): Promise<void> {
    // What is added in the same turn goes into the same batch.
    await Promise.resolve();
    let pause = 0;
    while (this.waiting.size > 0 && !this.stopped) {
      const texts = [...this.waiting].slice(0, BATCH);
      try {
        await this.embed(texts.filter((text) => this.dependencies.index.wants(text)));
        for (const text of texts) this.waiting.delete(text);
        pause = 0;
      } catch (error) {
        if (pause === 0) this.dependencies.onError(error, 'capabilities are searched by their words alone for now');
        pause = Math.min(LONGEST_PAUSE_MS, pause * 2 || (this.dependencies.firstPauseMs ?? FIRST_PAUSE_MS));
        await this.rest(pause);
      }
    }
    this.running = undefined;
  }

  private async embed(texts: readonly string[]): Promise<void> {
    if (texts.length === 0) return;
    const { index, embedder, cache } = this.dependencies;
    const known = await cache.find(texts);
    const missing = texts.filter((text) => !known.has(text));
    const made = new Map<string, Vector>();
    for (const [at, vector] of (await embedder.embed(missing)).entries()) if (vector) made.set(missing[at]!, vector);
    if (made.size > 0) await cache.keep(made);
    for (const text of texts) index.setVector(text, known.get(text) ?? made.get(text));
  }

  private rest(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      timer.unref();
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
