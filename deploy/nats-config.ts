import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { NATS_SERVICES, natsServerConfig } from '@ao/messaging';

/** nats-server's configuration for containers, with every service's permissions and no secret in it. */
export const NATS_CONFIG_FILE = path.join(__dirname, 'data-stores', 'nats-server.conf');

export const natsPasswordVariable = (service: string) => `NATS_PASSWORD_${service.toUpperCase()}`;

export function natsConfig(): string {
  return [
    '# Made from the permissions in libs/messaging by `node -r ./scripts/register.cjs deploy/nats-config.ts`; a test compares.',
    natsServerConfig({
      host: '0.0.0.0',
      port: 4222,
      users: NATS_SERVICES.map((service) => ({ service, passwordVariable: natsPasswordVariable(service) })),
    }),
  ].join('\n');
}

if (require.main === module) writeFileSync(NATS_CONFIG_FILE, natsConfig());
