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
  constructor(private readonly onChange: (document: AgentDocument) => void = () => undefined) {}

  get size(): number {
    return this.documents.size;
  }

  get(agentId: string): AgentDocument | undefined {
    return this.documents.get(agentId);
  }

  /** Takes these documents for the whole fleet. */
  seed(documents: Iterable<AgentDocument>): void {
    this.documents.clear();
    this.all.clear();
    for (const ids of Object.values(this.byWord)) ids.clear();
    for (const document of documents) if (document.lifecycle !== 'deleted') this.put(document);
  }

  apply(event: AgentEvent): void {
    const before = this.documents.get(event.data.agent_id);
    const after = evolveAgent(before, event);
    if (!after || after === before) return;
    if (after.lifecycle === 'deleted') this.remove(after);
    else this.put(after);
  }

  find(query: AgentQuery): AgentPage {
    const candidates = this.shortest(query);
    const agents: AgentDocument[] = [];
    for (let at = candidates?.firstAfter(query.after) ?? 0; candidates && at < candidates.length; at += 1) {
      const document = this.documents.get(candidates.at(at));
      if (!document || !fits(document, query)) continue;
      if (agents.length === query.limit) return { agents, next: agents.at(-1)?.agent_id ?? null };
      agents.push(document);
    }
    return { agents, next: null };
  }

  /** The shortest list that holds every agent the query may mean; undefined: one of its words is nobody's. */
  private shortest(query: AgentQuery): SortedIds | undefined {
    const lists = [
      ...(query.agent_type === undefined ? [] : [this.byWord.agent_type.get(query.agent_type)]),
      ...query.capabilities.map((capability) => this.byWord.capability.get(capability)),
      ...query.services.map((service) => this.byWord.service.get(service)),
    ];
    let shortest: SortedIds = this.all;
    for (const ids of lists) {
      if (!ids) return undefined;
      if (ids.length < shortest.length) shortest = ids;
    }
    return shortest;
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
  compact(document: AgentDocument): AgentDocument {
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
      updated_at: updated_at === registered_at ? registered_at : updated_at,
      online_since: online_since === registered_at ? registered_at : online_since,
    };
  }

  private put(fresh: AgentDocument): void {
    const document = this.compact(fresh);
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

function fits(agent: AgentDocument, query: AgentQuery): boolean {
  return (
    (query.status === undefined || coordinatorStatus(agent) === query.status) &&
    (query.agent_type === undefined || agent.agent_type === query.agent_type) &&
    query.capabilities.every((capability) => agent.capabilities.includes(capability)) &&
    query.services.every((service) => agent.services.includes(service))
  );
}

/** Ids in ascending order. Fresh ids are the largest (UUID v7), so that adding is nearly always appending. */
class SortedIds {
  private ids: string[] = [];

  get length(): number {
    return this.ids.length;
  }

  at(index: number): string {
    return this.ids[index] ?? '';
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
    let low = 0;
    let high = this.ids.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.ids[middle] ?? '') < id) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
