/** Runs `work` for every entry, at most `atOnce` of them at a time; the first failure ends it. */
export async function forEachOf<T>(
  entries: readonly T[],
  atOnce: number,
  work: (entry: T, index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  let failed = false;
  const lane = async () => {
    while (next < entries.length && !failed) {
      const index = next;
      next += 1;
      try {
        await work(entries[index] as T, index);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, entries.length) }, lane));
}
