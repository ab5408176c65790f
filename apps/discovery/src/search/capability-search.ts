import type { CapabilityDocument, DataOf, DiscoveryHealth, ResultOf, searchCapabilities } from '@ao/contracts';
import type { Clock, Rejection } from '@ao/kernel';
import { SearchIndex, textOf, type Embedder, type SearchableText, type Vector } from '@ao/search';
import { waitForView } from '../wait-for-view';
import type { VectorCache } from './embedding-cache';
import { EmbeddingWork } from './embedding-work';

/** A capability as it is searched. */
export type SearchableCapability = SearchableText & Pick<CapabilityDocument, 'capability_id' | 'agent_id'>;

/** What the search needs to know of an agent, at the time of the search. */
export interface AgentOfCapability {
  readonly health: DiscoveryHealth;
  readonly external_id: string | null;
}

/** Of the view that feeds the search, how far it is. */
export interface FeedingView {
  position(): number;
  /** @throws when it is not there in time */
  reached(position: number, timeoutMs: number): Promise<void>;
}

export interface CapabilitySearchDependencies {
  readonly embedder: Embedder;
  readonly cache: VectorCache;
  readonly clock: Clock;
  readonly onError: (error: unknown, message: string) => void;
  readonly firstPauseMs?: number;
  /** How long searches take. */
  readonly seconds?: { startTimer(): () => unknown };
}

type Query = DataOf<typeof searchCapabilities>;
type Answer = ResultOf<typeof searchCapabilities>;

/** Longest wait for the vector of a query. */
const QUERY_VECTOR_MS = 1_500;
/** After the embedder failed a query, others do not wait for it meanwhile. */
const AWAY_MS = 5_000;
const KEPT_QUERIES = 1_000;
/** A reply may take 256 KiB. */
const REPLY_BYTES = 200 * 1024;

/**
 * Finds capabilities by what they do, in plain words. Fed by whoever has the capabilities: `add` and `remove` take effect at
 * once and wait for nothing, also while an embedder elsewhere is away.
 */
export class CapabilitySearch {
  private readonly index: SearchIndex<SearchableCapability>;
  private readonly work: EmbeddingWork;
  private readonly queryVectors = new Map<string, Vector | undefined>();
  private awayUntil = 0;
  private view: FeedingView | undefined;
  private agentOf: (agentId: string) => AgentOfCapability | undefined = () => undefined;

  constructor(private readonly dependencies: CapabilitySearchDependencies) {
    const { embedder, cache, onError, firstPauseMs } = dependencies;
    this.index = new SearchIndex(embedder.cosines, ({ capability_id }) => capability_id);
    this.work = new EmbeddingWork({ index: this.index, embedder, cache, onError, firstPauseMs });
  }

  /** Capabilities, and different texts among them. */
  get size(): { capabilities: number; texts: number; pending: number } {
    return { capabilities: this.index.size, texts: this.index.texts, pending: this.index.pending };
  }

  /** The view that calls `add` and `remove`: `at_least` waits for it. */
  follow(view: FeedingView): void {
    this.view = view;
  }

  /** Whom to ask for an agent's health and own id. */
  askForAgents(agentOf: (agentId: string) => AgentOfCapability | undefined): void {
    this.agentOf = agentOf;
  }

  async start(): Promise<void> {
    if (this.dependencies.embedder.remote) await this.dependencies.cache.forgetOthers();
  }

  stop(): Promise<void> {
    return this.work.stop();
  }

  add(capability: SearchableCapability): void {
    const text = textOf(capability);
    if (!this.index.add(capability, text)) return;
    const { embedder } = this.dependencies;
    if (embedder.remote) this.work.add(text);
    else this.index.setVector(text, embedder.embed([text])[0]);
  }

  /** The very capability that was added. */
  remove(capability: SearchableCapability): void {
    this.index.remove(capability, textOf(capability));
  }

  async search(query: Query): Promise<Answer | Rejection> {
    const end = this.dependencies.seconds?.startTimer();
    try {
      return await this.answer(query);
    } finally {
      end?.();
    }
  }

  private async answer(query: Query): Promise<Answer | Rejection> {
    const behind = await waitForView(this.view, query.at_least, 'search capabilities');
    if (behind) return behind;
    const { known, vector } = await this.vectorOf(query.query);
    const hits = this.index.search({
      text: query.query,
      vector,
      topK: query.top_k,
      minScore: query.min_score,
      filter: this.filterOf(query),
    });
    const results: Answer['results'] = [];
    let bytes = 0;
    for (const { item, score } of hits) {
      const { capability_id: id, name, agent_id, metadata } = item;
      const external_id = this.agentOf(agent_id)?.external_id ?? null;
      const result = { capability: { id, name, agent_id, external_id, metadata }, similarity_score: rounded(score) };
      bytes += Buffer.byteLength(JSON.stringify(result));
      if (bytes > REPLY_BYTES && results.length > 0) break;
      results.push(result);
    }
    return { results, degraded: !known || this.index.pending > 0, as_of: this.view?.position() ?? 0 };
  }

  private filterOf({ group, health }: Query): ((capability: SearchableCapability) => boolean) | undefined {
    if (group === undefined && health === undefined) return undefined;
    return ({ groups, agent_id }) =>
      (group === undefined || groups.includes(group)) &&
      (health === undefined || this.agentOf(agent_id)?.health === health);
  }

  /** `known` is false when the embedder could not say. */
  private async vectorOf(text: string): Promise<{ known: boolean; vector?: Vector }> {
    const { embedder, clock, onError } = this.dependencies;
    if (!embedder.remote) return { known: true, vector: embedder.embed([text])[0] };
    if (this.queryVectors.has(text)) return { known: true, vector: this.queryVectors.get(text) };
    if (clock.now() < this.awayUntil) return { known: false };
    try {
      const [vector] = await within(embedder.embed([text]), QUERY_VECTOR_MS);
      if (this.queryVectors.size >= KEPT_QUERIES) this.queryVectors.delete(this.queryVectors.keys().next().value!);
      this.queryVectors.set(text, vector);
      return { known: true, vector };
    } catch (error) {
      if (clock.now() >= this.awayUntil) onError(error, 'a search is answered by words alone');
      this.awayUntil = clock.now() + AWAY_MS;
      return { known: false };
    }
  }
}

const rounded = (score: number) => Math.min(1, Math.round(score * 10_000) / 10_000);

async function within<T>(promise: Promise<T>, milliseconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, refuse) => {
    timer = setTimeout(() => refuse(new Error(`Expected an answer within ${milliseconds} ms`)), milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
