export * from './rank';
export * from './router';
export * from './routing.strategy';
export * from './strategies';
