import { evolveCapability, type CapabilityDocument, type CapabilityEvent } from '@ao/contracts';
import { SharedValues } from '../shared-values';

/** Hears of every record of the view: the semantic index follows it. */
export interface CapabilityListener {
  add(capability: CapabilityDocument): void;
  /** The very record that was added. */
  remove(capability: CapabilityDocument): void;
}

export interface CapabilityFilter {
  readonly agent_id?: string;
  /** A name, or `document.*`: every name below it. */
  readonly capability?: string;
  readonly group?: string;
}

const NAMES_KEPT = 20_000;

/** A name's records; `revision` grows with every change of them. */
interface Named {
  readonly records: CapabilityDocument[];
  revision: number;
}

/**
 * Every capability in memory, by id, name, agent and group. Three hundred thousand of them must fit, so what is equal is
 * kept once.
 */
export class CapabilityView {
  private readonly byId = new Map<string, CapabilityDocument>();
  /** Of each name, in the order of the agents' ids: that of registration. */
  private readonly byName = new Map<string, Named>();
  private readonly byAgent = new Map<string, CapabilityDocument[]>();
  /** How many of its capabilities have each agent in the group. */
  private readonly byGroup = new Map<string, Map<string, number>>();
  private sortedNames: string[] | undefined = [];
  private changes = 0;
  private readonly shared = new SharedValues();
  private readonly names = new Map<string, string>();

  /** `sameId` is the one text of an agent's id that others have too. */
  constructor(
    private readonly listener?: CapabilityListener,
    private readonly sameId = (agentId: string) => agentId,
  ) {}

  get size(): number {
    return this.byId.size;
  }

  /** Grows with every change of the records that a name or a pattern means. */
  revisionOf(pattern: string): number {
    return pattern.endsWith('*') ? this.changes : (this.byName.get(pattern)?.revision ?? -1);
  }

  get(capabilityId: string): CapabilityDocument | undefined {
    return this.byId.get(capabilityId);
  }

  ofAgent(agentId: string): readonly CapabilityDocument[] {
    return this.byAgent.get(agentId) ?? [];
  }

  /** Takes these records for all there are. */
  seed(records: Iterable<CapabilityDocument>): void {
    this.replace(Array.from(records, (record) => this.compact(record)));
  }

  /** Takes for all there are what `read` hands over page by page; answers as before until the last page is there. */
  async seedBy<T>(read: (take: (page: Iterable<CapabilityDocument>) => void) => Promise<T>): Promise<T> {
    const records: CapabilityDocument[] = [];
    const result = await read((page) => {
      for (const record of page) records.push(this.compact(record));
    });
    this.replace(records);
    return result;
  }

  apply(event: CapabilityEvent): void {
    const { capability_id } = event.data;
    const before = this.byId.get(capability_id);
    const after = evolveCapability(before, event);
    if (after === before) return;
    if (before) {
      this.drop(before);
      this.listener?.remove(before);
    }
    if (!after) return;
    const capability = this.compact(after);
    this.put(capability);
    this.listener?.add(capability);
  }

  /** The names that a pattern means, in order; without a pattern all of them. */
  namesLike(pattern?: string): readonly string[] {
    if (pattern !== undefined && !pattern.endsWith('*')) return this.byName.has(pattern) ? [pattern] : [];
    const names = (this.sortedNames ??= [...this.byName.keys()].sort());
    const prefix = pattern?.slice(0, -1) ?? '';
    if (prefix === '') return names;
    const first = placeIn(names, (name) => name < prefix);
    let end = first;
    while (names[end]?.startsWith(prefix)) end += 1;
    return names.slice(first, end);
  }

  /** The records of a name, in the order of the agents' ids. */
  ofName(name: string): readonly CapabilityDocument[] {
    return this.byName.get(name)?.records ?? [];
  }

  /** Records that fit, by name and then by agent; the whole filter, one page. */
  list(filter: CapabilityFilter, offset: number, limit: number): { page: CapabilityDocument[]; total: number } {
    if (filter.agent_id !== undefined) {
      const names = filter.capability === undefined ? undefined : new Set(this.namesLike(filter.capability));
      const found = this.ofAgent(filter.agent_id)
        .filter(({ name, groups }) => (names?.has(name) ?? true) && isIn(groups, filter.group))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
      return { page: found.slice(offset, offset + limit), total: found.length };
    }
    const page: CapabilityDocument[] = [];
    let total = 0;
    for (const name of this.namesLike(filter.capability)) {
      const records = this.ofName(name);
      const fitting = filter.group === undefined ? records : records.filter(({ groups }) => isIn(groups, filter.group));
      const from = Math.max(0, offset - total);
      if (page.length < limit) page.push(...fitting.slice(from, from + limit - page.length));
      total += fitting.length;
    }
    return { page, total };
  }

  /** Groups in order, with how many agents and capabilities are in each. */
  groups(
    offset: number,
    limit: number,
  ): { page: { name: string; agents: number; capabilities: number }[]; total: number } {
    const names = [...this.byGroup.keys()].sort();
    const page = names.slice(offset, offset + limit).map((name) => {
      const agents = this.byGroup.get(name)!;
      let capabilities = 0;
      for (const count of agents.values()) capabilities += count;
      return { name, agents: agents.size, capabilities };
    });
    return { page, total: names.length };
  }

  /** Ids of the agents that have a capability in the group, in their order. */
  agentsOfGroup(group: string): string[] {
    return [...(this.byGroup.get(group)?.keys() ?? [])].sort();
  }

  private replace(all: readonly CapabilityDocument[]): void {
    if (this.listener) for (const record of this.byId.values()) this.listener.remove(record);
    for (const map of [this.byId, this.byName, this.byAgent, this.byGroup]) map.clear();
    this.sortedNames = undefined;
    this.changes += 1;
    for (const capability of all) {
      this.byId.set(capability.capability_id, capability);
      this.named(capability.name).records.push(capability);
      listOf(this.byAgent, capability.agent_id).push(capability);
      this.count(capability, 1);
      this.listener?.add(capability);
    }
    for (const { records } of this.byName.values()) records.sort(byAgentId);
    // A list that has grown keeps room for sixteen more.
    for (const [agentId, records] of this.byAgent) this.byAgent.set(agentId, records.slice());
  }

  private put(capability: CapabilityDocument): void {
    const { capability_id, agent_id, name } = capability;
    this.byId.set(capability_id, capability);
    if (!this.byName.has(name)) this.sortedNames = undefined;
    const { records } = this.named(name);
    records.splice(placeOf(records, agent_id), 0, capability);
    listOf(this.byAgent, agent_id).push(capability);
    this.count(capability, 1);
  }

  private drop(capability: CapabilityDocument): void {
    const { capability_id, agent_id, name } = capability;
    this.byId.delete(capability_id);
    const { records } = this.named(name);
    records.splice(placeOf(records, agent_id), 1);
    if (records.length === 0) {
      this.byName.delete(name);
      this.sortedNames = undefined;
    }
    const own = listOf(this.byAgent, agent_id);
    own.splice(own.indexOf(capability), 1);
    if (own.length === 0) this.byAgent.delete(agent_id);
    this.count(capability, -1);
  }

  /** The list of a name that is about to change. */
  private named(name: string): Named {
    this.changes += 1;
    let named = this.byName.get(name);
    if (!named) this.byName.set(name, (named = { records: [], revision: 0 }));
    named.revision = this.changes;
    return named;
  }

  private count({ agent_id, groups }: CapabilityDocument, by: 1 | -1): void {
    for (const group of groups) {
      let agents = this.byGroup.get(group);
      if (!agents) this.byGroup.set(group, (agents = new Map()));
      const count = (agents.get(agent_id) ?? 0) + by;
      if (count > 0) agents.set(agent_id, count);
      else agents.delete(agent_id);
      if (agents.size === 0) this.byGroup.delete(group);
    }
  }

  /** The same record with words that others have in common with it. */
  private compact(record: CapabilityDocument): CapabilityDocument {
    return {
      capability_id: record.capability_id,
      agent_id: this.sameId(record.agent_id),
      name: this.sameName(record.name),
      metadata: this.shared.of(record.metadata),
      groups: this.shared.of(record.groups),
      origin: record.origin,
      created_at: record.created_at,
    };
  }

  private sameName(name: string): string {
    const known = this.names.get(name);
    if (known !== undefined) return known;
    if (this.names.size >= NAMES_KEPT) this.names.clear();
    this.names.set(name, name);
    return name;
  }
}

export function isIn(groups: readonly string[], group: string | undefined): boolean {
  return group === undefined || groups.includes(group);
}

function listOf(map: Map<string, CapabilityDocument[]>, key: string): CapabilityDocument[] {
  let list = map.get(key);
  if (!list) map.set(key, (list = []));
  return list;
}

function byAgentId(a: CapabilityDocument, b: CapabilityDocument): number {
  return a.agent_id < b.agent_id ? -1 : 1;
}

/** Fresh agents have the largest ids (UUID v7), so that adding is nearly always appending. */
function placeOf(records: readonly CapabilityDocument[], agentId: string): number {
  const last = records.at(-1);
  if (last === undefined || last.agent_id < agentId) return records.length;
  return placeIn(records, (record) => record.agent_id < agentId);
}

/** How many of the first entries are `before`. */
function placeIn<T>(sorted: readonly T[], before: (entry: T) => boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (before(sorted[middle]!)) low = middle + 1;
    else high = middle;
  }
  return low;
}
