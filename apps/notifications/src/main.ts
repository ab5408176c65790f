import 'reflect-metadata';
import { bootService } from '@ao/platform';
import { notificationsConfig } from './notifications.config';
import { NotificationsModule } from './notifications.module';

void bootService({ service: 'notifications', module: NotificationsModule, config: notificationsConfig });
