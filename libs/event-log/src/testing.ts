export * from './loopback-bus';
export * from './subscription-units.testing';
