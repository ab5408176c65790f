export interface BatchCacheOptions<K, V> {
  /** All keys asked for in one turn of the event loop at once. What is not in the answer is undefined. */
  readonly load: (keys: readonly K[]) => Promise<ReadonlyMap<K, V>>;
  /** The oldest leave first. */
  readonly most: number;
  /** Absent: what was loaded never changes. */
  readonly ttlMs?: number;
}

/** Values by key, loaded together and kept for a while. Failures are not kept, nor is that there is none. */
export function createBatchCache<K, V>({ load, most, ttlMs = Number.POSITIVE_INFINITY }: BatchCacheOptions<K, V>) {
  const kept = new Map<K, { readonly value: Promise<V | undefined>; readonly until: number }>();
  let wanted: Map<K, (value: Promise<V | undefined>) => void> | undefined;

  function request(key: K): Promise<V | undefined> {
    if (!wanted) {
      const batch = (wanted = new Map());
      setImmediate(() => {
        wanted = undefined;
        const loaded = load([...batch.keys()]);
        for (const [asked, resolve] of batch) resolve(loaded.then((values) => values.get(asked)));
      });
    }
    return new Promise((resolve) => wanted!.set(key, resolve));
  }

  return {
    get(key: K): Promise<V | undefined> {
      const now = performance.now();
      const found = kept.get(key);
      if (found && found.until > now) return found.value;
      const value = request(key);
      kept.delete(key);
      kept.set(key, { value, until: now + ttlMs });
      if (kept.size > most) kept.delete(kept.keys().next().value as K);
      const forget = () => void (kept.get(key)?.value === value && kept.delete(key));
      value.then((found) => found ?? forget(), forget);
      return value;
    },
  };
}
