export type * from './approvals';
export { Client, Client as AgentOrchestrationClient } from './client';
export type * from './code-reviews';
export type * from './dead-letters';
export * from './errors';
export type { EventSubscription, EventSubscriptionOptions, LiveEvent } from './events';
export type { LogLevel } from './frames';
export type { CallOptions, ConnectionOptions, WriteOptions } from './http';
export type * from './notifications';
export type { QueueStats } from './queues';
export type {
  ListedRun,
  Run,
  RunFilter,
  RunGraph,
  RunNode,
  RunPage,
  RunStatus,
  RunStep,
  RunWatch,
  RunsApi,
  SignalSent,
} from './runs';
export type { components, operations, paths } from './api-types';
export type { RouteInput, RouteMethod, RouteOutput, RoutePath } from './routes';
export type { RetryOptions, TaskWatch } from './tasks';
export type { WaitOptions, WatchOptions } from './until-ended';
export type * from './templates';
export type * from './triggers';
export * from './types';
export type { Usage } from './usage';
export { Worker } from './worker';
export type { TaskContext, TaskHandler, WorkerEvents, WorkerOptions } from './worker.types';
export * from './verify-webhook';
export type * from './webhooks';
export * from './workflow-builder';
export type * from './workflow-definition';
export type * from './workflows';
