import type { Summaries } from './summaries';

export const coordinatorSummaries: Summaries = {
  'POST /agents/register': 'Register an agent under an id of its own, or register it again',
  'POST /agents/discover': 'Find agents by status, type, capabilities and services',
  'GET /agents/{agent_id}': 'Show an agent',
  'PUT /agents/{agent_id}/status': "Set an agent's status and load",
  'POST /agents/{agent_id}/heartbeat': 'Tell that an agent is there',
  'POST /tasks/submit': 'Submit a task',
  'GET /tasks/status': 'Show statistics of distribution and load balancing',
  'GET /tasks/queues': 'Show how many tasks wait per priority',
  'GET /tasks/queues/stats': 'Show queues and distribution in detail',
  'POST /tasks/queues/{priority}/clear': 'Cancel all tasks that wait with a priority',
  'DELETE /tasks/queues/{priority}/clear': 'Cancel all tasks that wait with a priority',
};
