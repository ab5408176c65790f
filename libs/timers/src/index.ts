export { timersTableSql, type DueCommand } from './timers-table';
export * from './timers';
export * from './wake';
