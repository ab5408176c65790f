import { histogram } from '@ao/platform';
import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** How long each route takes, by the pattern of its path: what callers put into it makes no new series. */
export function measureRequests(fastify: FastifyInstance, registry: Registry): void {
  const seconds = histogram(registry, {
    name: 'ao_http_request_seconds',
    help: 'From the arrival of a request to the end of its answer',
    labelNames: ['method', 'route', 'status'],
    buckets: SECONDS,
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const route = request.is404 ? 'none' : (request.routeOptions.url ?? 'none');
    seconds.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
    done();
  });
}
