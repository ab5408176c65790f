export * from './decider';
export * from './ids';
export * from './metadata';
export * from './same-json';
export * from './system-metadata';
export * from './time';
