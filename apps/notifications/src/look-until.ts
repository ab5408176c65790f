interface Patience {
  readonly everyMs: number;
  readonly withinMs: number;
}

/** Looks until it is so, or the time is over: for what follows the log by some milliseconds. */
export async function lookUntil(isSo: () => Promise<boolean>, { everyMs, withinMs }: Patience): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await isSo()) && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
