import { evolveRecordedCapability, type CapabilityEvent, type RecordedCapability } from '@ao/contracts';
import type { RecordedEvent } from '@ao/event-log';
import { idOf } from '@ao/kernel';
import type { Projection } from '@ao/projections';

export const RECORDED_CAPABILITIES = 'recorded_capabilities';

/** One row per capability that somebody registered for an agent, with all that was said of it: `agents` has their names alone. */
export const recordedCapabilityProjection: Projection<RecordedCapability> = {
  name: RECORDED_CAPABILITIES,
  version: 1,
  categories: ['capability'],
  table: 'read_models.recorded_capabilities',
  key: (event) => idOf(event.stream_id),
  evolve: (kept, event) => evolveRecordedCapability(kept, event as RecordedEvent & CapabilityEvent, (record) => record),
  columns: ({ agent_id, name }) => ({ agent_id, name }),
};
