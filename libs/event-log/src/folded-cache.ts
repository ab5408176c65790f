import type { Position } from './types';

/** A stream folded up to a version. */
export interface Folded {
  readonly state: unknown;
  readonly version: number;
  /** Of the stream's last event; 0 for a stream without events. */
  readonly position: Position;
}

/** The streams folded last, least recently used first out. */
export interface FoldedCache {
  get(streamId: string): Folded | undefined;
  set(streamId: string, folded: Folded): void;
  delete(streamId: string): void;
}

export function createFoldedCache(size: number): FoldedCache {
  // A Map iterates in the order of insertion: a used entry is put in again, the first one is the least recently used.
  const entries = new Map<string, Folded>();
  return {
    get(streamId) {
      const folded = entries.get(streamId);
      if (folded !== undefined) {
        entries.delete(streamId);
        entries.set(streamId, folded);
      }
      return folded;
    },
    set(streamId, folded) {
      entries.delete(streamId);
      entries.set(streamId, folded);
      if (entries.size > size) entries.delete(entries.keys().next().value!);
    },
    delete: (streamId) => void entries.delete(streamId),
  };
}
