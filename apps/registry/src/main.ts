import 'reflect-metadata';
import { bootService } from '@ao/platform';
import { whyNoCaKeys } from './certificate/ca-keys';
import { registryConfig } from './registry.config';
import { RegistryModule } from './registry.module';

void bootService({ service: 'registry', module: RegistryModule, config: registryConfig, refuse: whyNoCaKeys });
