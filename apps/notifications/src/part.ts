import type { PartDependencies as DependenciesOf } from '@ao/platform';
import type { NotificationsConfig } from './notifications.config';

export type { ServicePart as Part } from '@ao/platform';
export type PartDependencies = DependenciesOf<NotificationsConfig>;
