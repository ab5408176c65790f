import { isRejection } from '@ao/kernel';
import { wordVectorEmbedder, type RemoteEmbedder } from '@ao/search';
import { eventually } from '@ao/testing';
import { CapabilitySearch, type SearchableCapability } from './capability-search';
import type { VectorCache } from './embedding-cache';

type Query = Parameters<CapabilitySearch['search']>[0];
const clock = { time: 1_000_000, now: () => clock.time };
const words = wordVectorEmbedder();

const capability = (capability_id: string, changes: Partial<SearchableCapability> = {}): SearchableCapability => ({
  ...{
    capability_id,
    agent_id: `agent-${capability_id}`,
    name: 'document.ocr',
    metadata: { supported_formats: ['pdf'] },
    groups: [],
  },
  ...changes,
});

/** A cache in memory, with its contents in sight. */
function memoryCache(kept = new Map<string, Float32Array>()): VectorCache & { kept: Map<string, Float32Array> } {
  return {
    kept,
    find: (texts) =>
      Promise.resolve(new Map(texts.flatMap((text) => (kept.has(text) ? [[text, kept.get(text)!]] : [])))),
    keep: (vectors) => Promise.resolve(void [...vectors].forEach(([text, vector]) => kept.set(text, vector))),
    forgetOthers: () => Promise.resolve(),
  };
}

/** The words' vectors as if they came from a server that can be away. */
function server() {
  const state = { away: false, asked: [] as string[][] };
  const embedder: RemoteEmbedder = {
    ...{ id: 'remote', remote: true, cosines: words.cosines },
    embed: (texts) => {
      state.asked.push([...texts]);
      return state.away ? Promise.reject(new Error('away')) : Promise.resolve(words.embed(texts));
    },
  };
  return { state, embedder };
}

function searchOf(
  embedder: ConstructorParameters<typeof CapabilitySearch>[0]['embedder'] = words,
  cache = memoryCache(),
) {
  const errors: string[] = [];
  const search = new CapabilitySearch({
    ...{ embedder, cache, clock, firstPauseMs: 5 },
    onError: (_, message) => errors.push(message),
  });
  const find = async (query: string, changes: Partial<Query> = {}) => {
    const answer = await search.search({ query, top_k: 5, min_score: 0, ...changes });
    if (isRejection(answer)) throw new Error(answer.message);
    return answer;
  };
  const ids = async (query: string, changes: Partial<Query> = {}) =>
    (await find(query, changes)).results.map((result) => result.capability.id);
  return { search, find, ids, errors };
}

const EXAMPLE = 'I need to extract text from PDF documents';

describe('the search for capabilities', () => {
  it("should answer seed 004's example", async () => {
    const { search, find } = searchOf();
    search.askForAgents(() => ({ health: 'healthy', external_id: 'document-processor' }));
    const metadata = { supported_formats: ['pdf', 'png', 'jpg'], max_file_size_mb: 50, version: '1.0.0' };
    search.add(capability('cap_1', { metadata, groups: ['production', 'us-east'] }));
    search.add(capability('cap_2', { name: 'weather.forecast', metadata: {} }));
    const { results, degraded } = await find(EXAMPLE, { min_score: 0.6 });
    expect(degraded).toBe(false);
    expect(results).toEqual([
      {
        capability: {
          ...{ id: 'cap_1', name: 'document.ocr', agent_id: 'agent-cap_1', external_id: 'document-processor' },
          metadata,
        },
        similarity_score: expect.any(Number),
      },
    ]);
    expect(results[0]?.similarity_score).toBeGreaterThanOrEqual(0.6);
  });

  it('should filter by group, by the health of now, and both', async () => {
    const { search, ids } = searchOf();
    const health = new Map([
      ['agent-1', 'healthy' as const],
      ['agent-2', 'degraded' as const],
    ]);
    search.askForAgents((id) => ({ health: health.get(id) ?? 'unknown', external_id: null }));
    search.add(capability('1', { groups: ['eu'] }));
    search.add(capability('2', { groups: ['eu', 'us'] }));
    search.add(capability('3', { groups: ['us'] }));
    expect(await ids('ocr', { group: 'eu' })).toEqual(['1', '2']);
    expect(await ids('ocr', { health: 'degraded' })).toEqual(['2']);
    expect(await ids('ocr', { health: 'unknown', group: 'us' })).toEqual(['3']);
    expect(await ids('ocr', { health: 'unknown', group: 'eu' })).toEqual([]);
    health.set('agent-3', 'degraded');
    expect((await ids('ocr', { health: 'degraded' })).sort()).toEqual(['2', '3']);
    expect(await ids('ocr', { group: 'asia' })).toEqual([]);
  });

  it('should replace and remove, and forget all of it', async () => {
    const { search, ids } = searchOf();
    const before = capability('1');
    const after = capability('1', { name: 'weather.forecast', metadata: {} });
    search.add(before);
    search.remove(before);
    search.add(after);
    expect(await ids('will it rain in this weather', { min_score: 0.3 })).toEqual(['1']);
    expect(await ids('ocr pdf', { min_score: 0.5 })).toEqual([]);
    search.remove(after);
    search.remove(capability('nobody'));
    const last = capability('2');
    search.add(last);
    expect(search.size).toMatchObject({ capabilities: 1, texts: 1 });
    search.remove(last);
    expect(await ids('ocr')).toEqual([]);
  });

  it('should end a reply before it grows too large', async () => {
    const { search, find } = searchOf();
    for (let id = 10; id < 40; id += 1) search.add(capability(String(id), { metadata: { note: 'x'.repeat(15_000) } }));
    const { results } = await find('ocr', { top_k: 30 });
    expect(results.length).toBeGreaterThan(10);
    expect(Buffer.byteLength(JSON.stringify(results))).toBeLessThan(256 * 1024);
  });

  it('should wait for the view that feeds it, and refuse a position that it does not reach', async () => {
    const { search, find } = searchOf();
    let position = 3;
    search.follow({
      position: () => position,
      reached: (wanted) => (wanted > 9 ? Promise.reject(new Error('late')) : Promise.resolve(void (position = wanted))),
    });
    expect(await find('ocr', { at_least: 7 })).toMatchObject({ as_of: 7 });
    const refused = await search.search({ query: 'ocr', top_k: 5, min_score: 0, at_least: 10 });
    expect(refused).toMatchObject({ kind: 'rejected', rejection: 'unavailable', code: 'view_behind' });
  });
});

describe('with an embedder elsewhere', () => {
  afterEach(() => (clock.time += 60_000));

  it('should ask for each text once, in one batch, and for each query once', async () => {
    const { state, embedder } = server();
    const { search, find } = searchOf(embedder);
    for (const id of ['1', '2', '3']) search.add(capability(id));
    search.add(capability('4', { name: 'weather.forecast', metadata: {} }));
    await eventually(() => expect(search.size.pending).toBe(0));
    expect(state.asked).toHaveLength(1);
    expect(state.asked[0]).toHaveLength(2);
    const first = await find(EXAMPLE);
    expect(first).toMatchObject({ degraded: false, results: [{}, {}, {}] });
    expect(await find(EXAMPLE)).toEqual(first);
    expect(state.asked).toHaveLength(2);
    await search.stop();
  });

  it('should find the vectors of before in the cache', async () => {
    const cache = memoryCache();
    const before = searchOf(server().embedder, cache);
    before.search.add(capability('1'));
    await eventually(() => expect(cache.kept.size).toBe(1));
    const { state, embedder } = server();
    const { search } = searchOf(embedder, cache);
    search.add(capability('1'));
    await eventually(() => expect(search.size.pending).toBe(0));
    expect(state.asked.flat()).toEqual([]);
  });

  it('should answer by words while it is away, say so, and catch up when it is back', async () => {
    const { state, embedder } = server();
    const { search, find, errors } = searchOf(embedder);
    state.away = true;
    search.add(capability('1'));
    search.add(capability('2', { name: 'weather.forecast', metadata: {} }));
    const away = await find('pdf ocr');
    expect(away.degraded).toBe(true);
    expect(away.results.map((result) => result.capability.id)).toEqual(['1']);
    await eventually(() => expect(state.asked.length).toBeGreaterThan(3));
    expect(errors).toHaveLength(2);

    const asked = () => state.asked.filter(([text]) => text === 'scan pdf').length;
    await find('scan pdf');
    expect(asked()).toBe(0);
    clock.time += 6_000;
    await find('scan pdf');
    expect(asked()).toBe(1);

    state.away = false;
    clock.time += 6_000;
    await eventually(() => expect(search.size.pending).toBe(0));
    const back = await find('pdf ocr');
    expect(back.degraded).toBe(false);
    expect(back.results[0]?.similarity_score).not.toBe(away.results[0]?.similarity_score);
    await search.stop();
  });

  it('should end while it is away', async () => {
    const { state, embedder } = server();
    const { search } = searchOf(embedder);
    state.away = true;
    search.add(capability('1'));
    await eventually(() => expect(state.asked.length).toBeGreaterThan(0));
    await search.stop();
    const asked = state.asked.length;
    search.add(capability('2', { name: 'other' }));
    await search.stop();
    expect(state.asked).toHaveLength(asked);
  });
});
