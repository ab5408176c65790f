import type { Subscription } from './interest';
import { concerns } from './interest';
import { ANY_AGENT, type LiveEvent } from './live-event';

interface Entry<Listener> {
  readonly listener: Listener;
  readonly subscription: Subscription;
}

/** Finds who wants an event without asking everybody: by one of its objects, else by its name. */
export class InterestIndex<Listener> {
  private readonly places = new Map<string, Set<Entry<Listener>>>();
  private readonly entries = new Map<Listener, Map<string, Entry<Listener>>>();

  add(listener: Listener, subscription: Subscription): void {
    this.remove(listener, subscription.id);
    const entry = { listener, subscription };
    for (const place of placesOf(subscription)) {
      let at = this.places.get(place);
      if (!at) this.places.set(place, (at = new Set()));
      at.add(entry);
    }
    let own = this.entries.get(listener);
    if (!own) this.entries.set(listener, (own = new Map()));
    own.set(subscription.id, entry);
  }

  remove(listener: Listener, id: string): void {
    const own = this.entries.get(listener);
    const entry = own?.get(id);
    if (!own || !entry) return;
    own.delete(id);
    if (own.size === 0) this.entries.delete(listener);
    for (const place of placesOf(entry.subscription)) {
      const at = this.places.get(place);
      at?.delete(entry);
      if (at?.size === 0) this.places.delete(place);
    }
  }

  removeAll(listener: Listener): void {
    for (const id of [...(this.entries.get(listener)?.keys() ?? [])]) this.remove(listener, id);
  }

  /** Everybody whom the event concerns, each once. */
  of(event: LiveEvent): Set<Listener> {
    const found = new Set<Listener>();
    for (const place of [event.name, ...event.keys]) {
      for (const { listener, subscription } of this.places.get(place) ?? []) {
        if (event.position > subscription.since && concerns(subscription, event)) found.add(listener);
      }
    }
    return found;
  }
}

/** Under its narrowest object; those of all agents are looked for last. */
function placesOf({ names, keys }: Subscription): Iterable<string> {
  const key = keys.find((each) => each !== ANY_AGENT) ?? keys[0];
  return key === undefined ? names : [key];
}
