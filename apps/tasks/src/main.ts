import 'reflect-metadata';
import { bootService } from '@ao/platform';
import { TasksModule } from './tasks.module';

void bootService({ service: 'tasks', module: TasksModule });
