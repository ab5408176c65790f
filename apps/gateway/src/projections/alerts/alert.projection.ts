import { evolveAlert, type AlertDocument, type AlertEvent } from '@ao/contracts';
import type { RecordedEvent } from '@ao/event-log';
import { idOf } from '@ao/kernel';
import type { Projection } from '@ao/projections';

export const ALERTS = 'alerts';

/** One row per system alert that was ever raised. */
export const alertProjection: Projection<AlertDocument> = {
  name: ALERTS,
  version: 1,
  categories: ['alert'],
  table: 'read_models.alerts',
  key: (event) => idOf(event.stream_id),
  evolve: (alert, event) => evolveAlert(alert, event as RecordedEvent & AlertEvent),
  columns: ({ kind, severity, status, raised_at }) => ({ kind, severity, status, raised_at }),
};
