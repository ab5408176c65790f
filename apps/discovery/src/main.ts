import 'reflect-metadata';
import { bootService } from '@ao/platform';
import { DiscoveryModule } from './discovery.module';
import { discoveryConfig } from './search/search.config';

void bootService({ service: 'discovery', module: DiscoveryModule, config: discoveryConfig });
