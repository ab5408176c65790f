import type { agentHealth, agentsOfGroup, findRoutes, listCapabilities, LoadMetrics, ResultOf } from '@ao/contracts';
import { prefixedCapabilityId } from './capability-id';
import type { ShownCapability, ShownGroupAgent, ShownHealth, ShownRoute } from './discovery.schemas';

type FoundCapability = ResultOf<typeof listCapabilities>['capabilities'][number];
type Route = ResultOf<typeof findRoutes>['routes'][number];
type GroupAgent = ResultOf<typeof agentsOfGroup>['agents'][number];
type Health = NonNullable<ResultOf<typeof agentHealth>['agent']>;

/** Seed 004 shows an agent by the caller's own id; the id of one that has none is ours. */
const shownId = ({ agent_id, external_id }: { agent_id: string; external_id: string | null }) =>
  external_id ?? agent_id;

export function presentCapability(record: FoundCapability): ShownCapability {
  const { capability_id, name, metadata, groups, origin, created_at } = record;
  return {
    id: prefixedCapabilityId(capability_id),
    agent_id: shownId(record),
    capability: name,
    ...{ metadata, groups, origin, created_at },
  };
}

export function presentRoute(route: Route): ShownRoute {
  const { capability, metadata, load, health, last_heartbeat } = route;
  return { agent_id: shownId(route), capability, metadata, load: load ?? 0, health, last_heartbeat };
}

export function presentGroupAgent(agent: GroupAgent): ShownGroupAgent {
  const { capabilities, load, health, last_heartbeat } = agent;
  return { agent_id: shownId(agent), capabilities, load: load ?? 0, health, last_heartbeat };
}

export function presentHealth(agent: Health): ShownHealth {
  const { health, load, last_heartbeat, uptime_seconds } = agent;
  return { agent_id: shownId(agent), status: health, load: load ?? 0, last_heartbeat, uptime_seconds };
}

/** What a beat tells in numbers; words have no place in load metrics. */
export function metricsOf(beat: {
  readonly load?: number;
  readonly metadata: Readonly<Record<string, unknown>>;
}): LoadMetrics | undefined {
  const numbers = Object.entries(beat.metadata).filter(
    (entry): entry is [string, number] =>
      typeof entry[1] === 'number' && entry[0].length >= 1 && entry[0].length <= 128,
  );
  const metrics = { ...Object.fromEntries(numbers), ...(beat.load !== undefined && { load: beat.load }) };
  return Object.keys(metrics).length === 0 ? undefined : metrics;
}
