import { ROUTING_STRATEGIES, RoutingStrategyName } from '@ao/contracts';
import { z } from 'zod';

/** The tasks service's own settings; what every service shares comes from the platform. */
export const tasksConfig = z.object({
  ROUTING_STRATEGY: RoutingStrategyName.default('least_connections').describe(
    `which of the agents that can do a task gets it: ${ROUTING_STRATEGIES.join(', ')}`,
  ),
});
export type TasksConfig = z.infer<typeof tasksConfig>;
