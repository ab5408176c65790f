import { evolveTrigger, type TriggerDocument, type TriggerEvent } from '@ao/contracts';
import type { RecordedEvent } from '@ao/event-log';
import { idOf } from '@ao/kernel';
import type { Projection } from '@ao/projections';

export const TRIGGERS = 'triggers';

/** One row per trigger that there is. */
export const triggerProjection: Projection<TriggerDocument> = {
  name: TRIGGERS,
  version: 1,
  categories: ['trigger'],
  table: 'read_models.triggers',
  key: (event) => idOf(event.stream_id),
  evolve: (trigger, event) => evolveTrigger(trigger, event as RecordedEvent & TriggerEvent),
  columns: ({ config, enabled, created_at }) => ({ type: config.type, enabled, created_at }),
};
