import type { AgentSkill } from './agent-card.schemas';

/** What the control plane itself does, for whoever has the permission. */
export const CONTROL_PLANE_SKILLS: readonly AgentSkill[] = [
  {
    id: 'tasks.dispatch',
    name: 'Dispatch a task',
    description:
      'Gives a task to the agent that fits it best, by capability, type, priority and load; gives it to another when that one is lost, and tries again when it fails. POST /api/v1/tasks',
    tags: ['tasks', 'dispatch', 'scheduling', 'retries'],
    examples: ['{"type":"document.ocr","requirements":{"capabilities":["document.ocr"]},"payload":{"file":"a.pdf"}}'],
  },
  {
    id: 'tasks.follow',
    name: 'Follow a task',
    description:
      'Tells where a task stands, its progress, its log lines and its result; cancels it. GET /api/v1/tasks/{id}, POST /api/v1/tasks/{id}/cancel',
    tags: ['tasks', 'status', 'results'],
  },
  {
    id: 'agents.discover',
    name: 'Discover agents',
    description:
      'Finds agents that can do something now, by capability (document.* for all below), group and routing strategy. GET /api/v1/discovery/agents',
    tags: ['agents', 'discovery', 'routing'],
    examples: ['?capability=document.ocr&strategy=least_loaded'],
  },
  {
    id: 'capabilities.search',
    name: 'Search capabilities in plain words',
    description: 'Finds what agents can do by its meaning and its words. POST /api/v1/discovery/search',
    tags: ['discovery', 'search', 'semantic'],
    examples: ['{"query":"I need to extract text from PDF documents"}'],
  },
  {
    id: 'agents.register',
    name: 'Register agents',
    description:
      'Takes agents into the fleet, knows by their heartbeats which are there, and hands them their tasks. POST /api/v1/agents, POST /api/v1/agents/register',
    tags: ['agents', 'registry', 'heartbeats', 'enrolment'],
  },
];
