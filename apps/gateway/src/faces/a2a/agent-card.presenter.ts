import type { AgentDocument, Permission, RecordedCapability } from '@ao/contracts';
import { VERSION } from '../../version';
import type { AgentCard, AgentSkill } from './agent-card.schemas';
import { CONTROL_PLANE_SKILLS } from './control-plane.skills';
import { skillsOf } from './skills.presenter';

/** Of the card and of the interfaces on it. */
const A2A_VERSION = '1.0';
const JSON_ONLY = ['application/json'];

/**
 * What stands behind the interface is this API's own tasks. It has none of A2A's operations, so it is none of A2A's
 * bindings and says so by a name of its own, which A2A clients pass over (specification, 5.8).
 */
export const TASKS_BINDING = 'urn:agent-orchestration:binding:tasks:v1';

/** What a client needs that gives out tasks and looks after them. */
const SCOPES = {
  'tasks:submit': 'Submit tasks',
  'tasks:read': 'Read tasks, their progress and results',
  'tasks:cancel': 'Cancel tasks',
  'agents:read': 'Read and discover agents',
} satisfies Partial<Record<Permission, string>>;

/** The control plane itself, for anyone: nothing of what is registered with it. `origin` is where clients reach it. */
export function controlPlaneCard(origin: string, installationName: string): AgentCard {
  return card(origin, {
    name: installationName,
    description:
      'Control plane for fleets of agents: registers and discovers agents, gives out tasks by capability, priority and load, and keeps every change in one log.',
    version: VERSION,
    skills: CONTROL_PLANE_SKILLS,
  });
}

/** An agent of the fleet: reached through the control plane, which hands it what is meant for it. */
export function agentCard(
  origin: string,
  agent: Pick<AgentDocument, 'agent_id' | 'name' | 'agent_type' | 'capabilities' | 'version' | 'revision' | 'details'>,
  recorded: readonly RecordedCapability[],
): AgentCard {
  return card(origin, {
    name: agent.name,
    description: agent.details.description || `Agent of type ${agent.agent_type}`,
    // One that tells no version of its own is told apart by its registration's.
    version: agent.version || `revision ${agent.revision}`,
    skills: skillsOf(agent.capabilities, recorded),
    tenant: agent.agent_id,
  });
}

interface Described extends Pick<AgentCard, 'name' | 'description' | 'version'> {
  readonly skills: readonly AgentSkill[];
  readonly tenant?: string;
}

function card(origin: string, { tenant, skills, ...described }: Described): AgentCard {
  return {
    ...described,
    documentationUrl: `${origin}/docs`,
    supportedInterfaces: [
      {
        url: `${origin}/api/v1/tasks`,
        protocolBinding: TASKS_BINDING,
        protocolVersion: A2A_VERSION,
        ...(tenant !== undefined && { tenant }),
      },
    ],
    capabilities: { streaming: false, pushNotifications: false, extendedAgentCard: false },
    securitySchemes: {
      bearer: {
        httpAuthSecurityScheme: { description: 'An API key, or the access token of a session', scheme: 'Bearer' },
      },
      oauth2: {
        oauth2SecurityScheme: {
          description: 'An OAuth client of this installation',
          flows: { clientCredentials: { tokenUrl: `${origin}/oauth/token`, scopes: SCOPES } },
        },
      },
    },
    securityRequirements: [
      { schemes: { bearer: { list: [] } } },
      { schemes: { oauth2: { list: Object.keys(SCOPES) } } },
    ],
    defaultInputModes: JSON_ONLY,
    defaultOutputModes: JSON_ONLY,
    skills: [...skills],
  };
}
