export * from './audit-record';
export * from './export-lines';
export * from './read-audit';
export * from './seal-key';
export * from './sealer';
export * from './verify-chain';
