import type { Projection } from '@ao/projections';
import { agentProjection } from './agents/agent.projection';
import { taskProjection } from './tasks/task.projection';

/** Every read model of the gateway: what runs, and what `npm run replay -- NAME` knows. */
export const allProjections: readonly Projection[] = [agentProjection, taskProjection];
