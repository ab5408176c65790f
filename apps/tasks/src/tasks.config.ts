import { ROUTING_STRATEGIES, RoutingStrategyName } from '@ao/contracts';
import { z } from 'zod';
import { DENIED_NETWORKS, deniedNetworks } from './ssh/denied-networks';

/** The tasks service's own settings; what every service shares comes from the platform. */
export const tasksConfig = z.object({
  ROUTING_STRATEGY: RoutingStrategyName.default('least_connections').describe(
    `which of the agents that can do a task gets it: ${ROUTING_STRATEGIES.join(', ')}`,
  ),
  TASK_AGEING_SECONDS: z.coerce
    .number()
    .min(0)
    .max(86_400)
    .default(300)
    .describe(
      'seconds of waiting after which a task counts as one level (20) more urgent, again and again up to 100, so that low priorities never starve; 0 is strict priority',
    ),
  SSH_MAX_COMMANDS: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000)
    .default(16)
    .describe('SSH commands that run at once, over all replicas; what is more waits, for a minute at most'),
  SSH_MAX_COMMANDS_PER_CONNECTION: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000)
    .default(4)
    .describe('of those, on one SSH connection'),
  SSH_CONNECT_TIMEOUT_SECONDS: z.coerce
    .number()
    .min(0.1)
    .max(60)
    .default(10)
    .describe('seconds for finding a host, connecting to it and logging in'),
  SSH_DENIED_NETWORKS: z
    .string()
    .default(DENIED_NETWORKS)
    .superRefine((list, context) => {
      try {
        deniedNetworks(list);
      } catch (error) {
        context.addIssue({ code: 'custom', message: (error as Error).message });
      }
    })
    .describe('networks (CIDR, separated by commas) that no SSH connection may lead into; private ones are allowed'),
});
export type TasksConfig = z.infer<typeof tasksConfig>;
