export * from './agent-score';
export * from './agent-scores';
export * from './agent-scores.follower';
export * from './rank';
export * from './reported-load';
export * from './router';
export * from './routing.strategy';
export * from './strategies';
