import { evolveCapability, type CapabilityDocument, type CapabilityEvent } from '@ao/contracts';
import type { RecordedEvent } from '@ao/event-log';
import type { Projection } from '@ao/projections';

/**
 * The records in Postgres: what the view of every replica starts from. From the table, because a start then takes as long
 * as there are records; from the log it would take as long as there ever were changes.
 */
export const capabilitiesProjection: Projection<CapabilityDocument> = {
  name: 'discovery_capabilities',
  version: 1,
  categories: ['capability'],
  table: 'discovery.capabilities',
  key: (event) => (event as RecordedEvent<CapabilityEvent>).data.capability_id,
  evolve: (document, event) => evolveCapability(document, event as unknown as CapabilityEvent),
};
