import type { Summaries } from './summaries';

export const operationsSummaries: Summaries = {
  'GET /v1/agents': 'List agents, a page at a time',
  'POST /v1/agents': 'Create an agent',
  'GET /v1/agents/{agent_id}': 'Show an agent with its configuration, health and metrics',
  'PUT /v1/agents/{agent_id}': "Change an agent's name, configuration and other fields",
  'DELETE /v1/agents/{agent_id}': 'Delete an agent',
  'GET /v1/tasks': 'List tasks, a page at a time',
  'POST /v1/tasks': 'Create a task, now or by a schedule',
  'GET /v1/tasks/{task_id}': 'Show a task with its progress and logs',
  'GET /v1/health': 'Show how the system and each of its parts is',
  'GET /v1/metrics': 'Show metrics over time',
  'GET /v1/workflows': 'List workflows with their steps in order, a page at a time',
  'GET /v1/workflows/{workflow_id}': 'Show a workflow with its steps in order',
  'POST /v1/workflows/{workflow_id}/execute': 'Start a run of a workflow',
  'GET /v1/workflows/runs/{run_id}': 'Show a run of a workflow',
  'GET /v1/workflows/{workflow_id}/runs': 'List the runs of a workflow, a page at a time',
};
