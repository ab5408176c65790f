import { z } from 'zod';

/** The workflows service's own settings; what every service shares comes from the platform. */
export const workflowsConfig = z.object({
  ALLOW_PRIVATE_WEBHOOKS: z
    .stringbool()
    .default(false)
    .describe('whether webhooks that workflows call may be private addresses and plain http: for development'),
});
export type WorkflowsConfig = z.infer<typeof workflowsConfig>;
