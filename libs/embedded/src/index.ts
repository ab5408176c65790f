export * from './daemon';
export { installedProgram, isExecutable, unpackDebianPackage } from './debian-package';
export * from './find-nats-server';
export * from './nats';
export * from './ports';
export * from './postgres';
export { reachableFor } from './runtime-user';
export * from './services';
export * from './startup-error';
