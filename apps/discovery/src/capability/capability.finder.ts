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
import { Router, type Ranked } from '@ao/routing';
import type { AgentBoard, BoardAgent } from '../agents/agent.board';
import { isIn, type CapabilityView } from './capability.view';

/** A reply may take 256 KiB. A page ends before it grows past this; one record alone never does. */
const PAGE_BYTES = 200 * 1024;
export const DEFAULT_STRATEGY = 'round_robin';

type Data<C> = Omit<DataOf<C>, 'at_least'>;
type Result<C> = Omit<ResultOf<C>, 'as_of'>;
type RoutedAgent = Omit<Result<typeof findRoutes>['routes'][number], 'capability' | 'metadata'>;
type ShownCapability = Result<typeof listCapabilities>['capabilities'][number];

/** Answers what discovery is asked of capabilities, from memory alone. */
export class CapabilityFinder {
  private readonly router: Router;

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
    const names = this.view.namesLike(capability);
    const ranking =
      names.length > 1
        ? this.ofSeveral(strategy, capability, names, group, limit)
        : this.ofOne(strategy, names[0], group, limit);
    const routes = ranking.map(({ agent, record }) => ({
      ...routed(agent),
      capability: record.name,
      metadata: record.metadata,
    }));
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

  private ofOne(
    strategy: Parameters<Router['rank']>[0],
    name: string | undefined,
    group: string | undefined,
    limit: number,
  ): { agent: BoardAgent; record: CapabilityDocument }[] {
    if (name === undefined) return [];
    const records = this.view.ofName(name);
    const ranking = this.router.rank(strategy, key(name, group), this.takers(records, group), limit);
    return ranking.map(({ candidate }) => ({ agent: candidate, record: recordOf(records, candidate.agent_id) }));
  }

  /** An agent that has several of the names is one candidate, by the first of them. */
  private ofSeveral(
    strategy: Parameters<Router['rank']>[0],
    pattern: string,
    names: readonly string[],
    group: string | undefined,
    limit: number,
  ): { agent: BoardAgent; record: CapabilityDocument }[] {
    const records = new Map<string, CapabilityDocument>();
    const candidates: BoardAgent[] = [];
    for (const name of names)
      for (const record of this.view.ofName(name)) {
        const agent = this.board.get(record.agent_id);
        if (!agent?.takesWork || !isIn(record.groups, group) || records.has(agent.agent_id)) continue;
        records.set(agent.agent_id, record);
        candidates.push(agent);
      }
    const ranking: Ranked<BoardAgent>[] = this.router.rank(strategy, key(pattern, group), candidates, limit);
    return ranking.map(({ candidate }) => ({ agent: candidate, record: records.get(candidate.agent_id)! }));
  }

  private *takers(records: readonly CapabilityDocument[], group: string | undefined): Generator<BoardAgent> {
    for (const record of records) {
      const agent = this.board.get(record.agent_id);
      if (agent?.takesWork && isIn(record.groups, group)) yield agent;
    }
  }

  private shown(record: CapabilityDocument): ShownCapability {
    return { ...record, external_id: this.board.get(record.agent_id)?.external_id ?? null };
  }
}

/** What the turns of a cycle are kept under. */
function key(capability: string, group: string | undefined): string {
  return group === undefined ? capability : `${capability}\n${group}`;
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

/** Of a name's records, which stand in the order of the agents. */
function recordOf(records: readonly CapabilityDocument[], agentId: string): CapabilityDocument {
  let low = 0;
  let high = records.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (records[middle]!.agent_id < agentId) low = middle + 1;
    else high = middle;
  }
  return records[low]!;
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
