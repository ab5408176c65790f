import 'reflect-metadata';
import { bootService } from '@ao/platform';
import { RegistryModule } from './registry.module';

void bootService({ service: 'registry', module: RegistryModule });
