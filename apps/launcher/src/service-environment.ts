import type { ServiceName } from '@ao/embedded';
import type { FirstAdmin } from './credentials';
import { IDENTITY_VARIABLES, REGISTRY_VARIABLES } from './sealing-keys';
import type { LauncherSettings } from './settings';

export interface EnvironmentOptions {
  readonly settings: LauncherSettings;
  /** The launcher's own. */
  readonly env: NodeJS.ProcessEnv;
  /** Of the API. */
  readonly port: number;
  readonly apiKey: string;
  readonly admin: FirstAdmin;
  readonly sealingKeys: Readonly<Record<string, string>>;
  readonly caKeys: Readonly<Record<string, string>>;
}

/** The variables that only notifications gets: the URL holds the mail server's password. */
const NOTIFICATIONS_VARIABLES = ['SMTP_URL'] as const;

/** By service, what nobody else may know: whoever has these opens what is sealed, or makes an authority of what the log keeps. */
const OWN_VARIABLES: Partial<Record<ServiceName, readonly string[]>> = {
  identity: IDENTITY_VARIABLES,
  registry: REGISTRY_VARIABLES,
  notifications: NOTIFICATIONS_VARIABLES,
};

/** What a service gets on top of the launcher's environment, its logins apart; `undefined` takes a variable away from it. */
export function environmentOf(service: ServiceName, options: EnvironmentOptions): Record<string, string | undefined> {
  return { ...withoutOthers(service), ...own(service, options) };
}

function own(service: ServiceName, options: EnvironmentOptions): Record<string, string | undefined> {
  const { settings, env, port, apiKey, admin, sealingKeys, caKeys } = options;
  const loopback = String(isLoopback(settings.HOST));
  switch (service) {
    case 'identity':
      return {
        ...sealingKeys,
        BOOTSTRAP_ADMIN_EMAIL: settings.BOOTSTRAP_ADMIN_EMAIL ?? admin.email,
        BOOTSTRAP_ADMIN_PASSWORD: settings.BOOTSTRAP_ADMIN_PASSWORD ?? admin.password,
        // As the documents have it, as long as nobody else can connect.
        REGISTRATION_OPEN: env.REGISTRATION_OPEN || loopback,
      };
    case 'registry':
      return { ...caKeys };
    case 'notifications':
    case 'workflows':
      // To programs on this machine as long as nobody else can name them.
      return { ALLOW_PRIVATE_WEBHOOKS: env.ALLOW_PRIVATE_WEBHOOKS || loopback };
    case 'gateway':
      return {
        HOST: settings.HOST,
        PORT: String(port),
        COMPAT_PORTS: settings.COMPAT_PORTS,
        AGENT_TLS_PORT: String(settings.AGENT_TLS_PORT),
        BOOTSTRAP_API_KEY: apiKey,
        DATA_DIR: settings.DATA_DIR,
        // Open to programs on this machine as long as nobody else can connect.
        COORDINATOR_OPEN: env.COORDINATOR_OPEN || loopback,
      };
    default:
      return {};
  }
}

function withoutOthers(service: ServiceName): Record<string, undefined> {
  const others = Object.entries(OWN_VARIABLES).flatMap(([owner, names]) => (owner === service ? [] : names));
  return Object.fromEntries(others.map((name) => [name, undefined]));
}

const isLoopback = (host: string) => ['127.0.0.1', 'localhost', '::1'].includes(host);
