import { existsSync } from 'node:fs';
import path from 'node:path';
import { loadConfig, type ConfigExtension } from '@ao/platform';
import { gatewayConfig, whyConfigIsUnsafe } from '../../apps/gateway/src/gateway.config';
import { identityConfig, type IdentityConfig } from '../../apps/identity/src/identity.config';
import { notificationsConfig } from '../../apps/notifications/src/notifications.config';
import { registryConfig, type RegistryConfig } from '../../apps/registry/src/registry.config';
import { workflowsConfig } from '../../apps/workflows/src/workflows.config';
import { DEPLOY } from './render';

/** Of the services that accept whatever their configuration does. */
const OTHER_CONFIGS: Readonly<Record<string, ConfigExtension>> = {
  notifications: notificationsConfig,
  workflows: workflowsConfig,
};

/**
 * Why the program that a container's command starts would refuse its environment, or undefined. `command` is an argv with
 * `dist/apps/<service>/src/main.js` in it.
 */
export function whyRefused(
  command: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const program = command.map((word) => /dist\/(apps\/([a-z]+)\/src\/[a-z.]+)\.js/.exec(word)).find(Boolean);
  if (!program) return `no program of ours in: ${command.join(' ')}`;
  const [, source, service] = program as unknown as [string, string, string];
  if (!existsSync(path.join(DEPLOY, '..', `${source}.ts`))) return `there is no ${source}.ts`;
  if (service === 'operator') return whyOperatorRefuses(source, environment);
  try {
    if (service === 'gateway') return whyConfigIsUnsafe(loadConfig(service, gatewayConfig, environment));
    if (service === 'identity') return whyIdentityRefuses(loadConfig(service, identityConfig, environment));
    if (service === 'registry') return whyRegistryRefuses(loadConfig(service, registryConfig, environment));
    loadConfig(service, OTHER_CONFIGS[service], environment);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Deployed, its keys come from a file and nowhere else. */
function whyIdentityRefuses({ SEALING_KEYS, SEALING_KEYS_FILE }: IdentityConfig): string | undefined {
  if (SEALING_KEYS !== undefined) return 'SEALING_KEYS is in the environment: mount a file and set SEALING_KEYS_FILE';
  return SEALING_KEYS_FILE === undefined ? 'SEALING_KEYS_FILE is not set' : undefined;
}

/** Likewise. */
function whyRegistryRefuses({ CA_KEYS, CA_KEYS_FILE }: RegistryConfig): string | undefined {
  if (CA_KEYS !== undefined) return 'CA_KEYS is in the environment: mount a file and set CA_KEYS_FILE';
  return CA_KEYS_FILE === undefined ? 'CA_KEYS_FILE is not set' : undefined;
}

const ROLES = ['GATEWAY', 'IDENTITY', 'REGISTRY', 'DISCOVERY', 'TASKS', 'NOTIFICATIONS', 'WORKFLOWS', 'AUDITOR'];

function whyOperatorRefuses(
  source: string,
  environment: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const needed = source.endsWith('migrate.main')
    ? ['MIGRATE_DATABASE_URL', ...ROLES.map((role) => `AO_PASSWORD_AO_${role}`)]
    : ['DATABASE_URL', 'SEAL_KEY_FILE'];
  const missing = needed.filter((name) => !environment[name]);
  return missing.length > 0 ? `${source} needs ${missing.join(', ')}` : undefined;
}
