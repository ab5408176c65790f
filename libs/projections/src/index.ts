export { applyBatch } from './apply-batch';
export * from './fold-as-of';
export * from './projection';
export * from './pruning';
export * from './read-table';
export * from './rebuild-projection';
export * from './replay-main';
export * from './run-projection';
