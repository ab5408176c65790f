import { DiscoveryHealth, Word, text } from '@ao/contracts';
import { createZodDto } from '../../http/zod-dto';
import { z } from 'zod';

/** `POST /api/v1/discovery/search` (seed 004; `group` and `health` besides). */
export const SearchBody = z
  .object({
    query: text(2_000, 1).refine((query) => query.trim() !== '', 'must not be blank'),
    top_k: z.int().min(1).max(100).default(5),
    min_score: z.number().min(0).max(1).default(0),
    group: Word.optional(),
    health: DiscoveryHealth.optional(),
  })
  .meta({ example: { query: 'I need to extract text from PDF documents', top_k: 5, min_score: 0.6 } });
export class SearchDto extends createZodDto(SearchBody) {}

export const Found = z.object({
  data: z.object({
    results: z.array(
      z.object({
        capability: z.object({
          id: z.string(),
          name: z.string(),
          agent_id: z.string(),
          metadata: z.record(z.string(), z.unknown()),
        }),
        similarity_score: z.number(),
      }),
    ),
    /** The embedder is away or not done: words alone decided. */
    degraded: z.literal(true).optional(),
  }),
});
export type Found = z.infer<typeof Found>;
export class FoundDto extends createZodDto(Found) {}
