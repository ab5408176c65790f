import { z } from 'zod';
import { normalized, type Embedder, type RemoteEmbedder, type Vector, type Vectors } from './embedder';

export interface HttpEmbedderOptions {
  /** `https://api.openai.com/v1`, or any server that answers the same: `POST {base}/embeddings`. */
  readonly baseUrl: string;
  readonly model: string;
  readonly apiKey?: string;
  /** Milliseconds for one request. */
  readonly timeoutMs: number;
  /** Texts per request. */
  readonly batch: number;
  readonly cosines: Embedder['cosines'];
}

/** The model could not be asked, or its answer was none. Says which model and how it failed, never the key or a text. */
export class EmbedderError extends Error {
  override readonly name = 'EmbedderError';
}

/** Of OpenAI's answer, what is needed (https://platform.openai.com/docs/api-reference/embeddings). */
const Answer = z.object({
  data: z.array(z.object({ index: z.int().min(0), embedding: z.array(z.number()).min(1).max(8_192) })),
});

/** An OpenAI-compatible server as the embedder. Rejects with EmbedderError when it is away. */
export function httpEmbedder(options: HttpEmbedderOptions): RemoteEmbedder {
  return {
    id: `http ${options.model}`,
    cosines: options.cosines,
    remote: true,
    async embed(texts): Promise<Vectors> {
      const vectors: (Vector | undefined)[] = [];
      for (let from = 0; from < texts.length; from += options.batch)
        vectors.push(...(await embedBatch(options, texts.slice(from, from + options.batch))));
      return vectors;
    },
  };
}

async function embedBatch(options: HttpEmbedderOptions, texts: readonly string[]): Promise<Vectors> {
  const { baseUrl, model, apiKey, timeoutMs } = options;
  let body: unknown;
  try {
    const response = await fetch(`${baseUrl.replace(/\/+$/, '')}/embeddings`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(apiKey ? { authorization: `Bearer ${apiKey}` } : {}) },
      // Servers refuse empty texts.
      body: JSON.stringify({ model, input: texts.map((text) => text.trim() || '.') }),
      signal: AbortSignal.timeout(timeoutMs),
      redirect: 'error',
    });
    if (!response.ok) {
      await response.body?.cancel();
      throw new EmbedderError(`Expected vectors of model '${model}', but its server answered ${response.status}`);
    }
    body = await response.json();
  } catch (error) {
    if (error instanceof EmbedderError) throw error;
    const why = error instanceof Error ? error.name : 'unknown';
    throw new EmbedderError(`Expected vectors of model '${model}', but its server could not be asked (${why})`);
  }
  const answer = Answer.safeParse(body);
  if (!answer.success) throw new EmbedderError(`Expected vectors of model '${model}', but the answer has none`);
  const vectors: (Vector | undefined)[] = texts.map(() => undefined);
  for (const { index, embedding } of answer.data.data)
    if (index < vectors.length) vectors[index] = normalized(Float32Array.from(embedding));
  if (new Set(vectors.map((vector) => vector?.length)).size > 1)
    throw new EmbedderError(`Expected one vector of the same length per text of model '${model}', but some differ`);
  if (vectors.some((vector) => vector === undefined))
    throw new EmbedderError(
      `Expected a vector for each of ${texts.length} texts of model '${model}', but some are missing`,
    );
  return vectors;
}
