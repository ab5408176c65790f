export * from './daemon';
export * from './find-nats-server';
export * from './nats';
export * from './ports';
export * from './postgres';
export { reachableFor } from './runtime-user';
export * from './services';
export * from './startup-error';
