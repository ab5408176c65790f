import { coordinatorStatus, evolveAgent, type AgentDocument, type AgentEvent } from '@ao/contracts';
import { SharedValues } from '../shared-values';

/** What to look for; lists mean all of their entries. */
export interface AgentQuery {
  readonly status?: ReturnType<typeof coordinatorStatus>;
  readonly agent_type?: string;
  readonly capabilities: readonly string[];
  readonly services: readonly string[];
  readonly limit: number;
  /** The last agent id of the page before. */
  readonly after?: string;
}

export interface AgentPage {
  readonly agents: readonly AgentDocument[];
  readonly next: string | null;
}

/** Capabilities that somebody registered for an agent: they count beside the words of its profile (API conflict 23). */
export interface RecordedCapabilities {
  /** In the order of the agents' ids. */
  ofName(name: string): readonly { readonly agent_id: string }[];
  ofAgent(agentId: string): readonly { readonly name: string }[];
}

const NOTHING_RECORDED: RecordedCapabilities = { ofName: () => [], ofAgent: () => [] };

/** Ids of agents in ascending order. */
interface Candidates {
  /** How many there are at most. */
  readonly length: number;
  /** Those greater than `id`. */
  after(id: string | undefined): Iterable<string>;
}

type Word = 'agent_type' | 'capability' | 'service';

/**
 * Every agent of the fleet in memory, with one list of ids per word that it can be asked for. A query walks the
 * shortest list that applies, in the order of the ids (which is that of registration), and looks at each document.
 */
export class AgentIndex {
  private readonly documents = new Map<string, AgentDocument>();
  private readonly byWord: Record<Word, Map<string, SortedIds>> = {
    agent_type: new Map(),
    capability: new Map(),
    service: new Map(),
  };
  private readonly all = new SortedIds();
  private readonly shared = new SharedValues();

  /** `onChange` hears of every document that is new or different, and of the last one of an agent that is gone. */
  constructor(
    private readonly onChange: (document: AgentDocument) => void = () => undefined,
    private readonly recorded = NOTHING_RECORDED,
  ) {}

  get size(): number {
    return this.documents.size;
  }

  get(agentId: string): AgentDocument | undefined {
    return this.documents.get(agentId);
  }

  /** Takes these documents for the whole fleet. */
  seed(documents: Iterable<AgentDocument>): void {
    this.replace(Array.from(documents, (document) => this.compact(document)));
  }

  /** Takes for the whole fleet what `read` hands over page by page; answers as before until the last page is there. */
  async seedBy<T>(read: (take: (page: Iterable<AgentDocument>) => void) => Promise<T>): Promise<T> {
    const documents: AgentDocument[] = [];
    const result = await read((page) => {
      for (const document of page) documents.push(this.compact(document));
    });
    this.replace(documents);
    return result;
  }

  apply(event: AgentEvent): void {
    const before = this.documents.get(event.data.agent_id);
    const after = evolveAgent(before, event);
    if (!after || after === before) return;
    if (after.lifecycle === 'deleted') this.remove(after);
    else this.put(this.compact(after));
  }

  find(query: AgentQuery): AgentPage {
    const agents: AgentDocument[] = [];
    for (const id of this.shortest(query)?.after(query.after) ?? []) {
      const document = this.documents.get(id);
      if (!document || !this.fits(document, query)) continue;
      if (agents.length === query.limit) return { agents, next: agents.at(-1)?.agent_id ?? null };
      agents.push(document);
    }
    return { agents, next: null };
  }

  private fits(agent: AgentDocument, query: AgentQuery): boolean {
    const { agent_id, capabilities, services } = agent;
    return (
      (query.status === undefined || coordinatorStatus(agent) === query.status) &&
      (query.agent_type === undefined || agent.agent_type === query.agent_type) &&
      query.capabilities.every((word) => capabilities.includes(word) || this.isRecorded(agent_id, word)) &&
      query.services.every((service) => services.includes(service))
    );
  }

  private isRecorded(agentId: string, capability: string): boolean {
    return this.recorded.ofAgent(agentId).some(({ name }) => name === capability);
  }

  /** The shortest list that holds every agent the query may mean; undefined: one of its words is nobody's. */
  private shortest(query: AgentQuery): Candidates | undefined {
    const lists = [
      ...(query.agent_type === undefined ? [] : [this.byWord.agent_type.get(query.agent_type)]),
      ...query.capabilities.map((capability) => this.capable(capability)),
      ...query.services.map((service) => this.byWord.service.get(service)),
    ];
    let shortest: Candidates = this.all;
    for (const ids of lists) {
      if (!ids) return undefined;
      if (ids.length < shortest.length) shortest = ids;
    }
    return shortest;
  }

  private capable(capability: string): Candidates | undefined {
    const profiles = this.byWord.capability.get(capability);
    const records = this.recorded.ofName(capability);
    return records.length === 0 ? profiles : new ProfilesAndRecords(profiles ?? new SortedIds(), records);
  }

  private replace(all: readonly AgentDocument[]): void {
    const before = new Map(this.documents);
    this.documents.clear();
    this.all.clear();
    for (const ids of Object.values(this.byWord)) ids.clear();
    for (const document of all) {
      before.delete(document.agent_id);
      if (document.lifecycle !== 'deleted') this.put(document);
    }
    for (const gone of before.values()) this.onChange({ ...gone, lifecycle: 'deleted' });
  }

  private remove(gone: AgentDocument): void {
    const agentId = gone.agent_id;
    const known = this.documents.get(agentId);
    if (!known) return;
    this.onChange(gone);
    this.documents.delete(agentId);
    this.all.remove(agentId);
    for (const kind of Object.keys(WORDS) as Word[]) this.forget(kind, agentId, WORDS[kind](known));
  }

  private forget(kind: Word, agentId: string, words: readonly string[]): void {
    const index = this.byWord[kind];
    for (const word of words) {
      const ids = index.get(word);
      ids?.remove(agentId);
      if (ids?.length === 0) index.delete(word);
    }
  }

  /** The same document with values that others have in common with it: a hundred thousand of them must fit. */
  private compact(document: AgentDocument): AgentDocument {
    const { shared } = this;
    const { registered_at, updated_at, online_since } = document;
    return {
      ...document,
      capabilities: shared.of(document.capabilities),
      services: shared.of(document.services),
      endpoints: shared.of(document.endpoints),
      metadata: shared.of(document.metadata),
      tags: shared.of(document.tags),
      details: shared.of(document.details),
      name: document.name === document.external_id ? document.external_id : document.name,
      updated_at: updated_at === registered_at ? registered_at : updated_at,
      online_since: online_since === registered_at ? registered_at : online_since,
    };
  }

  private put(document: AgentDocument): void {
    const { agent_id } = document;
    const before = this.documents.get(agent_id);
    this.documents.set(agent_id, document);
    this.onChange(document);
    this.all.add(agent_id);
    for (const [kind, wordsOf] of Object.entries(WORDS) as [Word, (agent: AgentDocument) => readonly string[]][]) {
      const index = this.byWord[kind];
      const words = new Set(wordsOf(document));
      const old = before ? wordsOf(before).filter((word) => !words.has(word)) : [];
      this.forget(kind, agent_id, old);
      for (const word of words) {
        const ids = index.get(word) ?? new SortedIds();
        ids.add(agent_id);
        index.set(word, ids);
      }
    }
  }
}

const WORDS: Record<Word, (agent: AgentDocument) => readonly string[]> = {
  agent_type: (agent) => [agent.agent_type],
  capability: (agent) => agent.capabilities,
  service: (agent) => agent.services,
};

/** Whoever names a capability in its profile, and whoever has a record of it. */
class ProfilesAndRecords implements Candidates {
  constructor(
    private readonly profiles: SortedIds,
    private readonly records: readonly { readonly agent_id: string }[],
  ) {}

  get length(): number {
    return this.profiles.length + this.records.length;
  }

  *after(id: string | undefined): Iterable<string> {
    const { profiles, records } = this;
    let profile = profiles.firstAfter(id);
    let record = placeIn(records.length, (place) => id !== undefined && records[place]!.agent_id <= id);
    while (profile < profiles.length || record < records.length) {
      const [one, other] = [profiles.at(profile), records[record]?.agent_id];
      const first = one === undefined || (other !== undefined && other < one) ? other! : one;
      if (one === first) profile += 1;
      if (other === first) record += 1;
      yield first;
    }
  }
}

/** Ids in ascending order. Fresh ids are the largest (UUID v7), so that adding is nearly always appending. */
class SortedIds implements Candidates {
  private ids: string[] = [];

  get length(): number {
    return this.ids.length;
  }

  at(index: number): string | undefined {
    return this.ids[index];
  }

  *after(id: string | undefined): Iterable<string> {
    for (let place = this.firstAfter(id); place < this.ids.length; place += 1) yield this.ids[place]!;
  }

  /** The place of the first id greater than `id`. */
  firstAfter(id: string | undefined): number {
    if (id === undefined) return 0;
    const place = this.place(id);
    return this.ids[place] === id ? place + 1 : place;
  }

  add(id: string): void {
    const last = this.ids.at(-1);
    if (last === undefined || last < id) {
      this.ids.push(id);
      return;
    }
    const place = this.place(id);
    if (this.ids[place] !== id) this.ids.splice(place, 0, id);
  }

  remove(id: string): void {
    const place = this.place(id);
    if (this.ids[place] === id) this.ids.splice(place, 1);
  }

  clear(): void {
    this.ids = [];
  }

  private place(id: string): number {
    return placeIn(this.ids.length, (place) => this.ids[place]! < id);
  }
}

/** How many of the first places are `before`. */
function placeIn(length: number, before: (place: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (before(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
