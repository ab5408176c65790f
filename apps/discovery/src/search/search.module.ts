import { httpEmbedder, wordVectorEmbedder, type Embedder } from '@ao/search';
import type { Clock } from '@ao/kernel';
import { CLOCK, CONFIG, gauge, histogram, LOGGER, METRICS, POOL, type Logger } from '@ao/platform';
import { Module } from '@nestjs/common';
import type { Pool } from 'pg';
import type { Registry } from 'prom-client';
import { CapabilitySearch } from './capability-search';
import { embeddingCache } from './embedding-cache';
import type { DiscoveryConfig } from './search.config';
import { SearchHandlers } from './search.handlers';

const capabilitySearch = {
  provide: CapabilitySearch,
  inject: [CONFIG, POOL, CLOCK, METRICS, LOGGER],
  useFactory: (config: DiscoveryConfig, pool: Pool, clock: Clock, metrics: Registry, logger: Logger) => {
    const embedder = embedderOf(config);
    const seconds = histogram(metrics, {
      name: 'ao_discovery_search_seconds',
      help: 'Time of one search, the wait for a position and for the vector of its query included',
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.03, 0.1, 0.5, 2.5],
    });
    const search = new CapabilitySearch({
      ...{ embedder, clock, seconds },
      cache: embeddingCache(pool, embedder.id),
      onError: (error, message) => logger.warn({ err: error }, message),
    });
    gauge(metrics, {
      name: 'ao_discovery_search_texts',
      help: 'Different texts of capabilities in the search index, and those of them whose vectors are still to come',
      labelNames: ['state'],
      collect() {
        const { texts, pending } = search.size;
        this.set({ state: 'embedded' }, texts - pending);
        this.set({ state: 'pending' }, pending);
      },
    });
    return search;
  },
};

function embedderOf(config: DiscoveryConfig): Embedder {
  if (config.EMBEDDER === 'words') return wordVectorEmbedder();
  return httpEmbedder({
    baseUrl: config.EMBEDDER_URL,
    model: config.EMBEDDER_MODEL,
    apiKey: config.EMBEDDER_API_KEY,
    timeoutMs: config.EMBEDDER_TIMEOUT_MS,
    batch: config.EMBEDDER_BATCH,
    cosines: config.EMBEDDER_COSINES,
  });
}

/** Search in plain words. Who has the capabilities feeds CapabilitySearch. */
@Module({ controllers: [SearchHandlers], providers: [capabilitySearch], exports: [CapabilitySearch] })
export class SearchModule {}
