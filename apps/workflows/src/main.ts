import 'reflect-metadata';
import { bootService } from '@ao/platform';
import { workflowsConfig } from './workflows.config';
import { WorkflowsModule } from './workflows.module';

void bootService({ service: 'workflows', module: WorkflowsModule, config: workflowsConfig, byIndex: true });
