import 'reflect-metadata';
import { bootService } from '@ao/platform';
import { tasksConfig } from './tasks.config';
import { TasksModule } from './tasks.module';

void bootService({ service: 'tasks', module: TasksModule, config: tasksConfig, byIndex: true });
