import type { PartDependencies as DependenciesOf } from '@ao/platform';
import type { WorkflowsConfig } from './workflows.config';

export type { ServicePart as Part } from '@ao/platform';
export type PartDependencies = DependenciesOf<WorkflowsConfig>;
