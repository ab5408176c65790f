import { z } from 'zod';

/** "0.1,0.6" to numbers. */
const Cosines = z
  .string()
  .transform((text) => text.split(',').map(Number))
  .refine(
    ([unrelated, same, ...more]) => more.length === 0 && unrelated! >= -1 && same! <= 1 && unrelated! < same!,
    'must be two cosines, the smaller first',
  )
  .transform(([unrelated, same]) => ({ unrelated: unrelated!, same: same! }));

/** Discovery's own settings; what every service shares comes from the platform. */
export const discoveryConfig = z.object({
  EMBEDDER: z
    .enum(['words', 'http'])
    .default('words')
    .describe('what turns texts into vectors for the search: words (built in) or http (an OpenAI-compatible server)'),
  EMBEDDER_URL: z
    .url({ protocol: /^https?$/ })
    .default('https://api.openai.com/v1')
    .describe('base URL of that server; POST {base}/embeddings'),
  EMBEDDER_MODEL: z.string().min(1).max(128).default('text-embedding-3-small').describe('its model'),
  EMBEDDER_API_KEY: z.string().optional().describe('its key, sent as a Bearer token'),
  EMBEDDER_TIMEOUT_MS: z.coerce
    .number()
    .int()
    .min(100)
    .max(60_000)
    .default(10_000)
    .describe('milliseconds for one request to it'),
  EMBEDDER_BATCH: z.coerce.number().int().min(1).max(256).default(64).describe('texts per request to it'),
  EMBEDDER_COSINES: Cosines.default({ unrelated: 0.15, same: 0.65 }).describe(
    'cosines of its model that count as 0 and as 1, as in 0.15,0.65',
  ),
});
export type DiscoveryConfig = z.infer<typeof discoveryConfig>;
