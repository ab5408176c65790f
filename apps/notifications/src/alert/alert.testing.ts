import type { ServiceStatus } from '@ao/contracts';
import type { RecordedEvent } from '@ao/event-log';
import { newId } from '@ao/kernel';

let position = 0;

/** An event as the log gives it, for specs. */
export function recorded(stream_id: string, type: string, data: object, at: string): RecordedEvent {
  position += 1;
  return {
    ...{ position, stream_id, category: stream_id.split('-', 1)[0]!, version: 1, type, schema_version: 1, data },
    metadata: { actor: { type: 'system', id: 'test' }, correlation_id: '', causation_id: '', command_id: '' },
    recorded_at: at,
  };
}

export function statusOf(service: string, changes: Partial<ServiceStatus> = {}): ServiceStatus {
  return {
    ...{ service, instance_id: newId(), at: '2026-01-01T00:00:00.000Z', ready: true, stopping: false },
    ...{ failing: [], subscriptions: [] },
    ...changes,
  };
}
