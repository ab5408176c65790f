import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EmbedderError, httpEmbedder } from './http.embedder';
import { dot } from './word-vectors';

interface Asked {
  readonly url: string | undefined;
  readonly authorization: string | undefined;
  readonly body: { model: string; input: string[] };
}

describe('the embedder over HTTP', () => {
  let server: Server;
  let base: string;
  let asked: Asked[];
  /** Status and body of each answer; null: none ever. */
  let answer: (input: string[]) => { status?: number; body: unknown } | null;

  beforeAll(async () => {
    server = createServer((request, response) => {
      let text = '';
      request.on('data', (part: Buffer) => (text += part.toString()));
      request.on('end', () => {
        const body = JSON.parse(text) as Asked['body'];
        asked.push({ url: request.url, authorization: request.headers.authorization, body });
        const given = answer(body.input);
        if (given === null) return;
        response.writeHead(given.status ?? 200, { 'content-type': 'application/json' });
        response.end(typeof given.body === 'string' ? given.body : JSON.stringify(given.body));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  });
  beforeEach(() => {
    asked = [];
    answer = (input) => ({
      body: { object: 'list', data: input.map((text, index) => ({ index, embedding: [text.length, 1] })).reverse() },
    });
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const embedder = (changes: object = {}) =>
    httpEmbedder({
      baseUrl: `${base}/`,
      model: 'm-1',
      apiKey: 'secret-key',
      timeoutMs: 2_000,
      batch: 2,
      cosines: { unrelated: 0, same: 1 },
      ...changes,
    });

  it('should ask in batches and give unit vectors in the order of the texts', async () => {
    const vectors = await embedder().embed(['a', 'bbb', 'ccccc']);
    expect(asked.map(({ url, authorization, body }) => [url, authorization, body])).toEqual([
      ['/v1/embeddings', 'Bearer secret-key', { model: 'm-1', input: ['a', 'bbb'] }],
      ['/v1/embeddings', 'Bearer secret-key', { model: 'm-1', input: ['ccccc'] }],
    ]);
    expect(vectors.map((vector) => Math.round(vector![0]! / vector![1]!))).toEqual([1, 3, 5]);
    for (const vector of vectors) expect(dot(vector!, vector!)).toBeCloseTo(1, 5);
    expect(embedder().id).not.toBe(embedder({ model: 'm-2' }).id);
    await embedder({ apiKey: undefined }).embed(['a']);
    expect(asked.at(-1)?.authorization).toBeUndefined();
  });

  it.each<[string, () => { status?: number; body: unknown } | null]>([
    ['an error', () => ({ status: 500, body: { error: 'secret-key' } })],
    ['a refusal', () => ({ status: 401, body: {} })],
    ['no JSON', () => ({ body: '<html>' })],
    ['another shape', () => ({ body: { vectors: [] } })],
    ['too few', () => ({ body: { data: [{ index: 0, embedding: [1, 2] }] } })],
    ['nothing but zeros', () => ({ body: { data: [0, 1].map((index) => ({ index, embedding: [0, 0] })) } })],
    [
      'unequal lengths',
      () => ({ body: { data: [0, 1].map((index) => ({ index, embedding: Array(index + 1).fill(1) })) } }),
    ],
    ['silence', () => null],
  ])('rejects %s, and says no text and no key', async (_, answered) => {
    answer = answered;
    const failed = await embedder({ timeoutMs: 200 })
      .embed(['private', 'words'])
      .catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(EmbedderError);
    expect(String(failed)).toContain("'m-1'");
    expect(String(failed)).not.toMatch(/private|words of|secret-key/);
  });

  it('rejects when nobody listens', async () => {
    await expect(embedder({ baseUrl: 'http://127.0.0.1:1/v1' }).embed(['a'])).rejects.toBeInstanceOf(EmbedderError);
  });
});
