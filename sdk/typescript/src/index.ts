export { Client } from './client';
export * from './errors';
export type { LogLevel } from './frames';
export type { CallOptions, ConnectionOptions, WriteOptions } from './http';
export type { QueueStats } from './queues';
export type { WaitOptions } from './tasks';
export * from './types';
export { Worker } from './worker';
export type { TaskContext, TaskHandler, WorkerEvents, WorkerOptions } from './worker.types';
