import type { AnnouncedEvent, Commit, CommitBus } from './subscription.types';
import type { RecordedEvent } from './types';

/** How the loopback bus treats what it carries; a property may be changed at any time. */
export interface LoopbackFaults {
  /** True: nothing arrives. */
  silent: boolean;
  /** Share of single events and commits that get lost, 0 to 1. */
  loss: number;
  /** Share of commits whose messages arrive after those of later commits. */
  reorder: number;
  /** Share of messages that arrive twice. */
  duplicate: number;
}

export interface LoopbackBus extends CommitBus {
  readonly faults: LoopbackFaults;
  /** As a lost and restored connection. */
  interrupt(): void;
}

type Listener = { readonly categories: ReadonlySet<string>; readonly everyCommit: boolean } & Parameters<
  CommitBus['listen']
>[1];

/** A `CommitBus` within the process, with switches for what a network does. */
export function loopbackBus(random: () => number = Math.random): LoopbackBus {
  const listeners = new Set<Listener>();
  const faults: LoopbackFaults = { silent: false, loss: 0, reorder: 0, duplicate: 0 };
  let late: (() => void)[] = [];

  function deliver(message: (listener: Listener) => void): void {
    if (faults.silent || random() < faults.loss) return;
    for (const listener of [...listeners]) {
      message(listener);
      if (random() < faults.duplicate) message(listener);
    }
  }

  function send(commit: Commit, events: readonly AnnouncedEvent[]): void {
    for (const { position, category, text } of events)
      deliver((listener) => {
        if (!listener.categories.has(category)) return;
        // Over a wire each subscriber gets its own copy.
        listener.event(position, category, JSON.parse(text) as RecordedEvent);
      });
    for (const category in commit.categories)
      deliver((listener) => {
        if (listener.categories.has(category)) listener.commit(commit);
      });
    deliver((listener) => {
      if (listener.everyCommit) listener.commit(commit);
    });
  }

  return {
    faults,
    announce(commit, events) {
      if (random() < faults.reorder) {
        late.push(() => send(commit, events));
        return;
      }
      // As a network: never within the caller's own turn.
      setImmediate(() => {
        send(commit, events);
        const overtaken = late;
        late = [];
        for (const message of overtaken) message();
      });
    },
    listen(categories, on, { everyCommit = false } = {}) {
      const listener: Listener = { categories: new Set(categories), everyCommit, ...on };
      listeners.add(listener);
      return Promise.resolve({ stop: () => Promise.resolve(void listeners.delete(listener)) });
    },
    interrupt() {
      for (const listener of listeners) listener.interrupted();
    },
  };
}
