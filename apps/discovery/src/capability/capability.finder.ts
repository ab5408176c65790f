import type {
  agentHealth,
  agentsOfGroup,
  CapabilityDocument,
  DataOf,
  findRoutes,
  listCapabilities,
  listGroups,
  ResultOf,
} from '@ao/contracts';
import { isoTime } from '@ao/kernel';
import { Router } from '@ao/routing';
import type { AgentBoard, BoardAgent } from '../agents/agent.board';
import { isIn, type CapabilityView } from './capability.view';

/** A reply may take 256 KiB. A page ends before it grows past this; one record alone never does. */
const PAGE_BYTES = 200 * 1024;
export const DEFAULT_STRATEGY = 'round_robin';

type Data<C> = Omit<DataOf<C>, 'at_least'>;
type Result<C> = Omit<ResultOf<C>, 'as_of'>;
type RoutedAgent = Omit<Result<typeof findRoutes>['routes'][number], 'capability' | 'metadata'>;
type ShownCapability = Result<typeof listCapabilities>['capabilities'][number];

/** Candidates of all questions together that are kept for the next time: 16 MB. */
const MOST_KEPT = 2_000_000;

interface Kept {
  readonly revision: number;
  readonly agents: readonly BoardAgent[];
}

/** Answers what discovery is asked of capabilities, from memory alone. */
export class CapabilityFinder {
  private readonly router: Router;
  private readonly kept = new Map<string, Kept>();
  private keptAgents = 0;

  constructor(
    private readonly view: CapabilityView,
    private readonly board: AgentBoard,
    random?: () => number,
  ) {
    this.router = new Router(random);
  }

  routes({
    capability,
    strategy = DEFAULT_STRATEGY,
    group,
    limit,
  }: Data<typeof findRoutes>): Result<typeof findRoutes> {
    const key = group === undefined ? capability : `${capability}\n${group}`;
    const takers = this.candidates(key, capability, group).filter(({ takesWork }) => takesWork);
    const routes = this.router.rank(strategy, key, takers, limit).flatMap(({ candidate }) => {
      const record = this.recordOf(candidate, capability, group);
      return record ? [{ ...routed(candidate), capability: record.name, metadata: record.metadata }] : [];
    });
    return { strategy, routes: withinReply(routes) };
  }

  capabilities({ limit, offset, ...filter }: Data<typeof listCapabilities>): Result<typeof listCapabilities> {
    const { page, total } = this.view.list(filter, offset, limit);
    return { capabilities: withinReply(page.map((record) => this.shown(record))), total };
  }

  capability(capabilityId: string): ShownCapability | null {
    const record = this.view.get(capabilityId);
    return record ? this.shown(record) : null;
  }

  groups({ limit, offset }: Data<typeof listGroups>): Result<typeof listGroups> {
    const { page, total } = this.view.groups(offset, limit);
    return { groups: withinReply(page), total };
  }

  agentsOfGroup({ group, limit, offset }: Data<typeof agentsOfGroup>): Result<typeof agentsOfGroup> {
    const ids = this.view.agentsOfGroup(group).filter((id) => this.board.get(id) !== undefined);
    const agents = ids.slice(offset, offset + limit).map((id) => ({
      ...routed(this.board.get(id)!),
      capabilities: this.view
        .ofAgent(id)
        .filter(({ groups }) => isIn(groups, group))
        .map(({ name }) => name)
        .sort(),
    }));
    return { agents: withinReply(agents), total: ids.length };
  }

  health(agentId: string, now: number): ResultOf<typeof agentHealth>['agent'] {
    const agent = this.board.get(agentId);
    if (!agent) return null;
    const isUp = (agent.word === 'healthy' || agent.word === 'degraded') && agent.onlineSince !== null;
    const uptime_seconds = isUp ? Math.max(0, Math.floor((now - agent.onlineSince!) / 1_000)) : 0;
    return { ...routed(agent), uptime_seconds };
  }

  /** Everyone who has such a capability, whether it takes work or not; kept until the records change. */
  private candidates(key: string, capability: string, group: string | undefined): readonly BoardAgent[] {
    const revision = this.view.revisionOf(capability);
    const known = this.kept.get(key);
    if (known?.revision === revision) return known.agents;
    const agents = new Set<BoardAgent>();
    for (const name of this.view.namesLike(capability))
      for (const record of this.view.ofName(name))
        if (isIn(record.groups, group)) agents.add(this.board.entry(record.agent_id));
    const list = [...agents];
    // A question that nobody fits is quickly answered again, and anybody can ask any number of them.
    if (list.length > 0) this.keep(key, { revision, agents: list }, known);
    return list;
  }

  private keep(key: string, kept: Kept, before: Kept | undefined): void {
    this.keptAgents += kept.agents.length - (before?.agents.length ?? 0);
    this.kept.set(key, kept);
    if (this.keptAgents <= MOST_KEPT) return;
    this.kept.clear();
    this.keptAgents = 0;
  }

  /** What makes the agent one of those: the first by name, where it has several of a pattern. */
  private recordOf({ agent_id }: BoardAgent, capability: string, group: string | undefined) {
    let first: CapabilityDocument | undefined;
    const isPattern = capability.endsWith('*');
    const prefix = capability.slice(0, -1);
    for (const record of this.view.ofAgent(agent_id)) {
      const fits = isPattern ? record.name.startsWith(prefix) : record.name === capability;
      if (fits && isIn(record.groups, group) && (!first || record.name < first.name)) first = record;
    }
    return first;
  }

  private shown(record: CapabilityDocument): ShownCapability {
    return { ...record, external_id: this.board.get(record.agent_id)?.external_id ?? null };
  }
}

function routed(agent: BoardAgent): RoutedAgent {
  return {
    agent_id: agent.agent_id,
    external_id: agent.external_id,
    load: agent.hasLoad ? agent.load : null,
    health: agent.word,
    last_heartbeat: isoTime(agent.lastHeartbeat),
  };
}

/** As many entries as one reply carries, one at least. */
function withinReply<T>(entries: T[]): T[] {
  let bytes = 0;
  for (const [at, entry] of entries.entries()) {
    bytes += Buffer.byteLength(JSON.stringify(entry));
    if (bytes > PAGE_BYTES && at > 0) return entries.slice(0, at);
  }
  return entries;
}
