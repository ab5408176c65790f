import { capabilityEvents, schemaVersionsOf, type CapabilityEvent } from '@ao/contracts';
import type { Aggregate } from '@ao/event-log';
import { capabilityDecider, type CapabilityCommand } from './capability.decider';
import type { CapabilityState } from './capability.state';

/** Stream `capability-<derived from the agent and the name>`. */
export const capabilityAggregate: Aggregate<CapabilityState, CapabilityCommand, CapabilityEvent> = {
  category: 'capability',
  decider: capabilityDecider,
  schemaVersions: schemaVersionsOf(capabilityEvents),
};
