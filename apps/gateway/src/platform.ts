import { PlatformModule } from '@ao/platform';
import { gatewayConfig } from './gateway.config';

/** One object for every module that imports it: Nest tells dynamic modules apart by reference. */
export const platform = PlatformModule.forService({ service: 'gateway', schema: 'read_models', config: gatewayConfig });
