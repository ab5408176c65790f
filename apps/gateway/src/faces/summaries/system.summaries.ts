import type { Summaries } from './summaries';

export const systemSummaries: Summaries = {
  'GET /health': 'Show whether the system is well',
  'GET /api/v1/health': 'Show whether the system is well',
  'GET /metrics': 'Metrics of this gateway for Prometheus',
  'GET /api/v1/metrics': 'Metrics of this gateway for Prometheus',
  'GET /openapi.json': 'The description of this API',
  'GET /docs': 'Read and try this API',
};
