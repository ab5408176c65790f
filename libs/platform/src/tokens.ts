/** Injection tokens of what the platform provides; the types are in the comments. */

/** `Pool` of pg, on the service's own login */
export const POOL = Symbol('POOL');
/** `EventLog` of @ao/event-log */
export const EVENT_LOG = Symbol('EVENT_LOG');
/** `CommandShell` of @ao/event-log */
export const COMMAND_SHELL = Symbol('COMMAND_SHELL');
/** `Subscriptions` of @ao/event-log, with checkpoints in the service's schema */
export const SUBSCRIPTIONS = Symbol('SUBSCRIPTIONS');
/** `Bus` of @ao/messaging */
export const BUS = Symbol('BUS');
/** `CommandClient` of @ao/messaging */
export const COMMAND_CLIENT = Symbol('COMMAND_CLIENT');
/** `Clock` of @ao/kernel: the log's time */
export const CLOCK = Symbol('CLOCK');
/** `Registry` of prom-client */
export const METRICS = Symbol('METRICS');
/** `ConfigOf<typeof extension>`: the checked environment */
export const CONFIG = Symbol('CONFIG');
/** `Logger` of pino */
export const LOGGER = Symbol('LOGGER');
/** `Lifecycle`: draining or not, and what to do then */
export const LIFECYCLE = Symbol('LIFECYCLE');
/** `Health`: further readiness checks */
export const HEALTH = Symbol('HEALTH');
