import type { AgentObstacle, FleetExplanation, PlaceExplanation, TaskRequirements } from '@ao/contracts';
import type { OpenTask } from '../open-task/open-task';
import type { RosterAgent } from './agent-roster';
import type { Hold } from './gate';

/** An agent as the dispatcher sees it at this moment. */
export interface AgentStanding {
  readonly agent: RosterAgent;
  /** Tasks that it takes at once. */
  readonly limit: number;
  /** Tasks that it has, or is about to get. */
  readonly running: number;
  /** By the strategy. */
  readonly considered: boolean;
  /** By a gate. */
  readonly hold: Hold | undefined;
}

export interface OpenExplanation {
  readonly task: OpenTask;
  /** Undefined while it is not in the queue. */
  readonly queued:
    | {
        /** The agent to which its assignment is on its way to the log. */
        readonly assigning: string | undefined;
        /** From when on it may be given out: milliseconds since the Unix epoch. */
        readonly ready_at: number;
        readonly holds: readonly Hold[];
        readonly place: PlaceExplanation;
        readonly fleet: FleetExplanation;
      }
    | undefined;
}

interface Obstacle {
  readonly code: AgentObstacle;
  readonly subject?: string;
}

const EXAMPLES = 20;
const OBSTACLES = 50;
const OBSTACLES_OF_ONE = 10;

/** Who of the fleet could do it, and why nobody of them does: one look at each agent. Pure. */
export function explainFleet(
  requirements: TaskRequirements,
  agents: Iterable<RosterAgent>,
  standingOf: (agent: RosterAgent) => AgentStanding,
): FleetExplanation {
  const counts = new Map<string, Obstacle & { agents: number }>();
  const fitting: FleetExplanation['examples'] = [];
  const others: FleetExplanation['examples'] = [];
  let [total, fit, free] = [0, 0, 0];
  for (const agent of agents) {
    total += 1;
    const lacks = lacksOf(requirements, agent);
    const fits = lacks.length === 0;
    const obstacles = fits ? obstaclesOf(standingOf(agent)) : lacks;
    if (fits) fit += 1;
    if (obstacles.length === 0) free += 1;
    for (const { code, ...of } of obstacles) {
      const name = JSON.stringify([code, of.subject]);
      const known = counts.get(name);
      if (known) known.agents += 1;
      else counts.set(name, { code, ...of, agents: 1 });
    }
    const examples = fits ? fitting : others;
    const { agent_id, name } = agent;
    if (examples.length < EXAMPLES && obstacles.length > 0) {
      examples.push({ agent_id, name, fits, obstacles: obstacles.slice(0, OBSTACLES_OF_ONE) });
    }
  }
  return {
    ...{ agents: total, fit, free },
    obstacles: [...counts.values()].sort((a, b) => b.agents - a.agents).slice(0, OBSTACLES),
    examples: [...fitting, ...others].slice(0, EXAMPLES),
  };
}

function lacksOf({ agent_id, agent_type, capabilities }: TaskRequirements, agent: RosterAgent): Obstacle[] {
  if (agent_id !== undefined && agent_id !== agent.agent_id) return [{ code: 'other_agent_wanted', subject: agent_id }];
  const missing = capabilities.filter((capability) => !agent.capabilities.includes(capability));
  return [
    ...(agent_type !== undefined && agent_type !== agent.agent_type
      ? [{ code: 'other_type_wanted' as const, subject: agent_type }]
      : []),
    ...missing.map((subject) => ({ code: 'lacks_capability' as const, subject })),
  ];
}

function obstaclesOf({ agent, limit, running, considered, hold }: AgentStanding): Obstacle[] {
  const { lifecycle, liveness, load } = agent;
  if (lifecycle === 'draining') return [{ code: 'draining' }];
  if (lifecycle !== 'active') return [{ code: 'not_active', subject: lifecycle }];
  if (liveness !== 'online' && liveness !== 'degraded') return [{ code: 'offline' }];
  if (load !== 'idle') return [{ code: 'busy' }];
  if (hold) return [{ code: 'held', subject: hold.code }];
  if (limit === 0) return [{ code: 'takes_none' }];
  if (running >= limit) return [{ code: 'full' }];
  return considered ? [] : [{ code: 'passed_over' }];
}
