export * from './decider';
export * from './ids';
export * from './metadata';
export * from './time';
