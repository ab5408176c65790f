export * from './append.testing';
export * from './eventually';
export * from './start-service';
export * from './test-database';
export * from './test-nats';
export * from './test-stack';
export * from './test-service';
export * from './sshd';
