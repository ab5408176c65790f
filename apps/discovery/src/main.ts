import 'reflect-metadata';
import { bootService } from '@ao/platform';
import { DiscoveryModule } from './discovery.module';

void bootService({ service: 'discovery', module: DiscoveryModule });
