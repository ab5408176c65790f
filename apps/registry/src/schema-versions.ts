import type { EventContract } from '@ao/contracts';

/** What writers stamp on each event type, from the map of its contracts. */
export function schemaVersionsOf<Type extends string>(
  events: Readonly<Record<Type, EventContract>>,
): Readonly<Record<Type, number>> {
  const entries = Object.entries<EventContract>(events).map(([type, { schemaVersion }]) => [type, schemaVersion]);
  return Object.fromEntries(entries) as Record<Type, number>;
}
