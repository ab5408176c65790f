import { z } from 'zod';

/** What a route asks for. A route declares one of them, or that it is public; a scope of a key or client is one of them. */
export const PERMISSIONS = [
  'agents:read',
  'agents:register',
  /** Change, start, stop and delete agents. */
  'agents:manage',
  /** Registration tokens and agents' certificates. */
  'agents:enrol',
  'workers:read',
  /** Register worker nodes and beat for them. */
  'workers:act',
  'workers:approve',
  'capabilities:manage',
  /** Beats, status, leases and results of an agent; an agent's own principal may do so for itself only. */
  'agents:act',
  'tasks:read',
  'tasks:submit',
  'tasks:cancel',
  /** Change, pause, resume, retry and answer tasks; accept late results. */
  'tasks:manage',
  /** Schedules that submit tasks. */
  'schedules:manage',
  'queues:read',
  'queues:clear',
  /** Dead letters, circuit breakers, dispatch limits and the defaults of task types. */
  'dispatch:manage',
  'costs:read',
  /** Budgets and prices. */
  'costs:manage',
  'ssh:manage',
  'workflows:read',
  /** Definitions of workflows and their versions; templates of the marketplace are installed by it too. */
  'workflows:manage',
  /** Start, signal, pause, cancel, retry and fork runs. */
  'workflows:run',
  'triggers:manage',
  'approvals:read',
  'approvals:request',
  'approvals:decide',
  'reviews:read',
  /** Ask for code reviews and comment on them. */
  'reviews:request',
  'reviews:decide',
  'webhooks:manage',
  /** Notification channels and rules. */
  'notifications:manage',
  /** One's own notifications and preferences: persons, and keys of theirs. */
  'notifications:own',
  'alerts:read',
  /** One's own profile, password, MFA and session: persons only. */
  'profile:own',
  /** One's own API keys; all of them with `security:manage`. */
  'api_keys:own',
  'users:manage',
  'audit:read',
  'settings:manage',
  'security:manage',
  'secrets:manage',
] as const;
export const Permission = z.enum(PERMISSIONS);
export type Permission = z.infer<typeof Permission>;

export const ROLES = ['admin', 'operator', 'approver', 'viewer', 'auditor', 'agent'] as const;
export const Role = z.enum(ROLES);
export type Role = z.infer<typeof Role>;

/** The roles a person may have; `agent` is what an agent's own credential gives. */
export const PersonRole = z.enum(['admin', 'operator', 'approver', 'viewer', 'auditor']);
export type PersonRole = z.infer<typeof PersonRole>;

const READ: readonly Permission[] = ['agents:read', 'workers:read', 'tasks:read', 'queues:read'];
/** An agent has no business with what the fleet costs. */
const READ_OF_PEOPLE: readonly Permission[] = [
  ...READ,
  'costs:read',
  'alerts:read',
  'workflows:read',
  'approvals:read',
  'reviews:read',
];
const OWN: readonly Permission[] = ['profile:own', 'api_keys:own', 'notifications:own'];

/** Role x permission, the only such table. */
export const ROLE_PERMISSIONS: Readonly<Record<Role, ReadonlySet<Permission>>> = {
  admin: new Set(PERMISSIONS),
  operator: new Set([
    ...READ_OF_PEOPLE,
    ...OWN,
    'agents:register',
    'agents:manage',
    'agents:act',
    'workers:act',
    'capabilities:manage',
    'tasks:submit',
    'tasks:cancel',
    'tasks:manage',
    'schedules:manage',
    'queues:clear',
    'workflows:manage',
    'workflows:run',
    'triggers:manage',
    'approvals:request',
    'approvals:decide',
    'reviews:request',
    'reviews:decide',
    'webhooks:manage',
  ]),
  approver: new Set([...READ_OF_PEOPLE, ...OWN, 'approvals:decide', 'reviews:decide']),
  viewer: new Set([...READ_OF_PEOPLE, ...OWN]),
  auditor: new Set([...READ_OF_PEOPLE, ...OWN, 'audit:read']),
  agent: new Set([...READ, 'agents:act', 'approvals:request', 'reviews:request']),
};

/** What a key or an OAuth client may be given: anything but what only a person can do for itself. */
export const SCOPES = PERMISSIONS.filter((permission) => permission !== 'profile:own');
export const Scope = Permission.exclude(['profile:own']);
export type Scope = z.infer<typeof Scope>;
export const Scopes = z
  .array(Scope)
  .min(1)
  .max(SCOPES.length)
  .refine((scopes) => new Set(scopes).size === scopes.length, 'must not name a scope twice');

/**
 * Scopes as events and tokens keep them: any word, for a release may add permissions or take them away, and what it does not
 * know gives nothing. Commands take `Scopes`.
 */
export const StoredScopes = z.array(z.string().min(1).max(64) as unknown as z.ZodType<Scope>).max(200);
