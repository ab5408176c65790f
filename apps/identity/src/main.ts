import 'reflect-metadata';
import { bootService } from '@ao/platform';
import { identityConfig } from './identity.config';
import { IdentityModule } from './identity.module';
import { whyNoKeyRing } from './sealing/key-source';

void bootService({ service: 'identity', module: IdentityModule, config: identityConfig, refuse: whyNoKeyRing });
