/** The services that run as processes of their own, in the order they are started. */
export const SERVICES = [
  'identity',
  'registry',
  'discovery',
  'tasks',
  'notifications',
  'workflows',
  'gateway',
] as const;
export type ServiceName = (typeof SERVICES)[number];

/** Where each answers /health and /metrics unless HEALTH_PORT says otherwise. */
export const HEALTH_PORTS: Readonly<Record<ServiceName, number>> = {
  gateway: 3100,
  registry: 3101,
  discovery: 3102,
  tasks: 3103,
  identity: 3104,
  notifications: 3105,
  workflows: 3106,
};

/** The Postgres roles that can log in; `AO_PASSWORD_<ROLE>` in the environment of the migration sets their passwords. */
export const LOGIN_ROLES = [...SERVICES.map((service) => `ao_${service}`), 'ao_auditor'] as const;

/** The migration's environment for these passwords, keyed by role. */
export function rolePasswords(passwords: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(passwords).map(([role, password]) => [`AO_PASSWORD_${role.toUpperCase()}`, password]),
  );
}
