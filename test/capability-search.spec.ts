import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { wordVectorEmbedder } from '@ao/search';
import { eventually, testStack, type TestStack } from '@ao/testing';

interface Found {
  readonly data: {
    readonly results: readonly {
      readonly capability: { id: string; name: string; agent_id: string; metadata: Record<string, unknown> };
      readonly similarity_score: number;
    }[];
    readonly degraded?: boolean;
  };
}

const EXAMPLE = { query: 'I need to extract text from PDF documents', top_k: 5, min_score: 0.6 };
const METADATA = { supported_formats: ['pdf', 'png', 'jpg'], max_file_size_mb: 50, version: '1.0.0' };

/** Row 200 with everything real, and with a server of embeddings that can be away. */
describe('the search for capabilities', () => {
  let stack: TestStack;
  let embeddings: Server;
  let embeddingsUrl: string;
  let away = false;
  const asked: { model: string; input: string[] }[] = [];

  beforeAll(async () => {
    const words = wordVectorEmbedder();
    embeddings = createServer((request, response) => {
      let text = '';
      request.on('data', (part: Buffer) => (text += part.toString()));
      request.on('end', () => {
        const body = JSON.parse(text) as { model: string; input: string[] };
        asked.push(body);
        if (away) return response.writeHead(503).end();
        const data = words.embed(body.input).map((vector, index) => ({ index, embedding: [...vector!] }));
        return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ data }));
      });
    });
    await new Promise<void>((resolve) => embeddings.listen(0, '127.0.0.1', resolve));
    embeddingsUrl = `http://127.0.0.1:${(embeddings.address() as AddressInfo).port}/v1`;
    stack = await testStack({ services: ['identity', 'registry', 'discovery', 'gateway'] });

    await register('document-processor', ['document.ocr']);
    await register('forecaster', ['weather.forecast', 'data.forecast']);
    await capability('forecaster', 'image.caption', {}, ['eu-west']);
    await capability('document-processor', 'document.ocr', METADATA, ['production', 'us-east']);
  });
  afterAll(async () => {
    await stack?.stop();
    embeddings?.closeAllConnections();
    await new Promise((resolve) => embeddings?.close(resolve));
  });

  const headers = () => ({ authorization: `Bearer ${stack.apiKey}`, 'content-type': 'application/json' });
  const post = (path: string, body: unknown) =>
    fetch(`${stack.url}${path}`, { method: 'POST', headers: headers(), body: JSON.stringify(body) });
  async function search(body: object): Promise<Found['data']> {
    const response = await post('/api/v1/discovery/search', body);
    expect(response.status).toBe(200);
    return ((await response.json()) as Found).data;
  }
  const names = async (body: object) => (await search(body)).results.map(({ capability: { name } }) => name);
  async function register(agent_id: string, capabilities: string[]): Promise<void> {
    const response = await post('/agents/register', { agent_id, agent_type: 'worker', capabilities });
    expect(response.status).toBe(200);
  }
  async function capability(agent_id: string, name: string, metadata: object, groups: string[]): Promise<void> {
    const response = await post('/api/v1/discovery/capabilities', { agent_id, capability: name, metadata, groups });
    expect(response.status).toBe(201);
  }

  it("should answer seed 004's example in its shape", async () => {
    const data = await search(EXAMPLE);
    expect(data).toEqual({
      results: [
        {
          capability: {
            id: expect.stringMatching(/^cap_[0-9a-f]{32}$/),
            name: 'document.ocr',
            agent_id: 'document-processor',
            metadata: METADATA,
          },
          similarity_score: expect.any(Number),
        },
      ],
    });
    expect(data.results[0]?.similarity_score).toBeGreaterThanOrEqual(0.6);
  });

  it('should find a capability in the request after the one that registered it, and not after it was removed', async () => {
    for (let round = 0; round < 20; round += 1) {
      const name = `translate.dialect_${round}`;
      await capability('forecaster', name, { description: `speaks dialect${round}` }, []);
      const { results } = await search({ query: `dialect${round}`, top_k: 1 });
      expect(results[0]?.capability.name).toBe(name);
      const removed = await fetch(`${stack.url}/api/v1/discovery/capabilities/${results[0]?.capability.id}`, {
        method: 'DELETE',
        headers: headers(),
      });
      expect(removed.ok).toBe(true);
      expect(await names({ query: `dialect${round}` })).not.toContain(name);
    }
  });

  it('should find what came from the words of a profile, and filter by group and health', async () => {
    await eventually(async () =>
      expect((await names({ query: 'will the weather be good' }))[0]).toBe('weather.forecast'),
    );
    await eventually(async () =>
      expect(await names({ query: 'image caption', group: 'eu-west' })).toEqual(['image.caption']),
    );
    expect(await names({ query: 'image caption', group: 'nowhere' })).toEqual([]);
    expect(await names({ query: 'image caption', health: 'healthy', top_k: 1 })).toEqual(['image.caption']);
    expect(await names({ query: 'image caption', health: 'unhealthy' })).toEqual([]);
  });

  it.each([
    ['/query', {}],
    ['/query', { query: '  ' }],
    ['/query', { query: 7 }],
    ['/query', { query: 'x'.repeat(2_001) }],
    ['/top_k', { query: 'x', top_k: 0 }],
    ['/top_k', { query: 'x', top_k: 101 }],
    ['/min_score', { query: 'x', min_score: 2 }],
    ['/health', { query: 'x', health: 'well' }],
  ])('rejects a wrong %s', async (pointer, body) => {
    const response = await post('/api/v1/discovery/search', body);
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(response.status).toBeLessThan(500);
    expect(((await response.json()) as { errors: { pointer: string }[] }).errors[0]?.pointer).toBe(pointer);
  });

  it('should take another embedder, answer by words while it is away, and ask anew when the model changes', async () => {
    const pool = stack.database.pool('admin');
    const kept = async () =>
      (
        await pool.query<{ embedder: string; count: number }>(
          'select embedder, count(*)::int as count from discovery.embedding_cache group by 1 order by 1',
        )
      ).rows;
    const http = { EMBEDDER: 'http', EMBEDDER_URL: embeddingsUrl, EMBEDDER_COSINES: '0.1,0.75' };

    await (await stack.restart('discovery', { ...http, EMBEDDER_MODEL: 'first' })).ready();
    await eventually(async () =>
      expect(await search(EXAMPLE)).toMatchObject({ results: [{ capability: { name: 'document.ocr' } }] }),
    );
    await eventually(async () => expect((await search(EXAMPLE)).degraded).toBeUndefined());
    const texts = (await kept())[0]?.count ?? 0;
    expect(await kept()).toEqual([{ embedder: 'http first', count: texts }]);
    expect(texts).toBeGreaterThanOrEqual(4);

    away = true;
    const data = await search({ query: 'document ocr' });
    expect(data.degraded).toBe(true);
    expect(data.results[0]?.capability.name).toBe('document.ocr');
    away = false;

    asked.length = 0;
    await (await stack.restart('discovery', { ...http, EMBEDDER_MODEL: 'first' })).ready();
    await eventually(async () => expect((await search(EXAMPLE)).degraded).toBeUndefined());
    expect(asked.map(({ input }) => input)).toEqual([[EXAMPLE.query]]);

    await (await stack.restart('discovery', { ...http, EMBEDDER_MODEL: 'second' })).ready();
    await eventually(async () => expect(await kept()).toEqual([{ embedder: 'http second', count: texts }]));
  });
});
