export type { Exit } from './daemon';
export * from './find-nats-server';
export * from './nats';
export * from './ports';
export * from './postgres';
export * from './startup-error';
