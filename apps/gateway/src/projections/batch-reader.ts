/** Reads many ids at once; ids that are not there are not in the map. */
export type ReadMany<Row> = (ids: readonly string[]) => Promise<ReadonlyMap<string, Row>>;

interface Waiting<Row> {
  readonly id: string;
  readonly resolve: (row: Row | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/** More ids than this go into a second statement. */
const MAX_BATCH = 200;
/** Statements at once: while these run, what arrives gathers, so that load makes batches larger and not queues longer. */
const MAX_READS = 2;

/**
 * Lets the single-object reads of one tick share one `= any($1)`. A read begins only after everyone in it asked, so each
 * sees at least what was committed when it asked.
 */
export class BatchReader<Row> {
  private waiting: Waiting<Row>[] = [];
  private scheduled = false;
  private reads = 0;

  constructor(private readonly readMany: ReadMany<Row>) {}

  load(id: string): Promise<Row | undefined> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ id, resolve, reject });
      this.schedule();
    });
  }

  private schedule(): void {
    if (this.scheduled || this.reads >= MAX_READS) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      void this.read();
    });
  }

  private async read(): Promise<void> {
    const batch = this.waiting.splice(0, MAX_BATCH);
    if (batch.length === 0) return;
    this.reads += 1;
    if (this.waiting.length > 0) this.schedule();
    try {
      const rows = await this.readMany([...new Set(batch.map(({ id }) => id))]);
      for (const { id, resolve } of batch) resolve(rows.get(id));
    } catch (error) {
      for (const { reject } of batch) reject(error);
    } finally {
      this.reads -= 1;
      if (this.waiting.length > 0) this.schedule();
    }
  }
}
