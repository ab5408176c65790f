import { z } from 'zod';
import { event, type EventOf } from '../contract';
import { Id, JsonObject, Time, Word } from '../text';

/** Largest metadata of a capability in bytes of JSON: a reply of 256 KiB must hold a page of them. */
export const MAX_CAPABILITY_METADATA_BYTES = 16 * 1024;

/** `record`: somebody registered it. `agent`: it follows a word in the agent's own profile, and goes with it (API conflict 23). */
export const CapabilityOrigin = z.enum(['record', 'agent']);
export type CapabilityOrigin = z.infer<typeof CapabilityOrigin>;

/** What one agent can do: one record per agent and name. */
export const CapabilityDocument = z.object({
  /** Derived from the agent's id and the name, so that registering again meets the same record. */
  capability_id: Id,
  agent_id: Id,
  name: Word,
  metadata: JsonObject,
  groups: z.array(Word).max(100),
  origin: CapabilityOrigin,
  created_at: Time,
});
export type CapabilityDocument = z.infer<typeof CapabilityDocument>;

const CATEGORY = 'capability';

/** The capability aggregate: stream `capability-<derivedId('capability', agent_id, name)>`. */
export const capabilityEvents = {
  CapabilityRegistered: event(CATEGORY, 'CapabilityRegistered', 1, CapabilityDocument),
  /** Registered again with something else. Always the whole record. */
  CapabilityChanged: event(
    CATEGORY,
    'CapabilityChanged',
    1,
    CapabilityDocument.omit({ created_at: true }).extend({ changed_at: Time }),
  ),
  /** May be registered again later, in the same stream. */
  CapabilityRemoved: event(
    CATEGORY,
    'CapabilityRemoved',
    1,
    z.object({ capability_id: Id, agent_id: Id, name: Word, at: Time }),
  ),
} as const;
export type CapabilityEvent = EventOf<typeof capabilityEvents>;

/** The record after one more event; every reader folds with this function. */
export function evolveCapability(
  capability: CapabilityDocument | undefined,
  event: CapabilityEvent,
): CapabilityDocument | undefined {
  switch (event.type) {
    case 'CapabilityRegistered':
      return event.data;
    case 'CapabilityChanged': {
      if (!capability) return capability;
      const { changed_at: _changedAt, ...record } = event.data;
      return { ...record, created_at: capability.created_at };
    }
    case 'CapabilityRemoved':
      return undefined;
    default:
      return capability;
  }
}

/** A capability that somebody registered. What follows the agent's own profile is none: the profile says it already. */
export type RecordedCapability = Omit<CapabilityDocument, 'origin' | 'created_at'>;

/**
 * What a reader keeps of a registered capability after one more event: words of an agent are those of its profile and
 * the names of these. An event carries the whole record, so that a reader may `keep` as little of it as it needs.
 */
export function evolveRecordedCapability<Kept>(
  kept: Kept | undefined,
  event: CapabilityEvent,
  keep: (record: RecordedCapability) => Kept,
): Kept | undefined {
  switch (event.type) {
    case 'CapabilityRegistered':
    case 'CapabilityChanged': {
      const { capability_id, agent_id, name, metadata, groups, origin } = event.data;
      return origin === 'record' ? keep({ capability_id, agent_id, name, metadata, groups }) : undefined;
    }
    case 'CapabilityRemoved':
      return undefined;
    default:
      return kept;
  }
}

/** All that an agent can do: the words of its profile, then the names of what was registered for it (API conflict 23). */
export function allCapabilities(ofProfile: string[], recorded: Iterable<string>): string[] {
  const all = new Set(ofProfile);
  for (const name of recorded) all.add(name);
  return all.size === ofProfile.length ? ofProfile : [...all];
}
