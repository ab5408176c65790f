export interface EventuallyOptions {
  /** How long to go on trying; default 10,000 ms. */
  readonly timeoutMs?: number;
  /** Pause between two tries; default 20 ms. */
  readonly intervalMs?: number;
}

/**
 * Repeats the assertion until it holds and returns what it returned. Instead of sleeping: as fast as the thing waited
 * for, and patient on a slow machine.
 * @throws the assertion's last error, with the time waited
 */
export async function eventually<T>(assertion: () => T | Promise<T>, options: EventuallyOptions = {}): Promise<T> {
  const { timeoutMs = 10_000, intervalMs = 20 } = options;
  const started = performance.now();
  for (;;) {
    try {
      return await assertion();
    } catch (error) {
      const waited = performance.now() - started;
      if (waited > timeoutMs) {
        if (error instanceof Error) error.message += `\n(still so after ${Math.round(waited)} ms)`;
        throw error;
      }
    }
    await new Promise((resolve) => setTimeout(resolve, intervalMs));
  }
}
