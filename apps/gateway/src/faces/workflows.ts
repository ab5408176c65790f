import type { EventLog } from '@ao/event-log';
import { EVENT_LOG, POOL } from '@ao/platform';
import type { Pool } from 'pg';
import { CommandPath } from '../commands/command-path';
import { made } from '../made';
import { AgentDirectory } from '../projections/agents/agent.directory';
import { UserQueries } from '../projections/users/user.queries';
import { WorkflowQueries } from '../projections/workflows/workflow.queries';
import { OperationsWorkflowsController } from './operations/workflows.controller';
import { WorkflowDesk } from './platform/workflow.desk';
import { WorkflowsController } from './platform/workflows.controller';

/** The routes of definitions of workflows. */
export const workflowControllers = [WorkflowsController, OperationsWorkflowsController];

export const workflowProviders = [
  made(WorkflowQueries, [POOL, EVENT_LOG], (pool: Pool, log: EventLog) => new WorkflowQueries(pool, log)),
  made(
    WorkflowDesk,
    [CommandPath, AgentDirectory, UserQueries],
    (commands: CommandPath, agents: AgentDirectory, users: UserQueries) => new WorkflowDesk(commands, agents, users),
  ),
];
