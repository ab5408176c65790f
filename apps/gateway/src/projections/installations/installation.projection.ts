import { evolveInstallation, type InstallationDocument, type InstallationEvent } from '@ao/contracts';
import type { RecordedEvent } from '@ao/event-log';
import { idOf } from '@ao/kernel';
import type { Projection } from '@ao/projections';

export const INSTALLATIONS = 'installations';

/** One row per installation of a template, those that are gone too. */
export const installationProjection: Projection<InstallationDocument> = {
  name: INSTALLATIONS,
  version: 1,
  categories: ['installation'],
  table: 'read_models.installations',
  key: (event) => idOf(event.stream_id),
  evolve: (installation, event) => evolveInstallation(installation, event as RecordedEvent & InstallationEvent),
  columns: ({ template_id, status, started_at }) => ({ template_id, status, started_at }),
};
