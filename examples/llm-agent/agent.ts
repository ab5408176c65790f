import { Worker } from '@agent-orchestration/sdk';
import { llmHandler } from './llm-handler';

const { AO_URL, AO_API_KEY, AGENT_ID, CONCURRENCY, OPENAI_API_KEY, OPENAI_MODEL, OPENAI_PROVIDER } = process.env;
const baseUrl = process.env.OPENAI_BASE_URL ?? 'https://api.openai.com/v1';
const { hostname } = new URL(baseUrl);

const worker = new Worker({
  baseUrl: AO_URL ?? 'http://localhost:3000',
  apiKey: AO_API_KEY,
  agentId: AGENT_ID ?? 'llm-agent',
  agentType: 'worker',
  capabilities: ['llm'],
  concurrency: Number(CONCURRENCY ?? 4),
  handler: llmHandler({
    baseUrl,
    apiKey: OPENAI_API_KEY,
    provider: OPENAI_PROVIDER ?? (hostname === 'api.openai.com' ? 'openai' : hostname),
    model: OPENAI_MODEL,
  }),
});
worker.on('completed', ({ taskId }) => console.log(`${taskId} completed`));
worker.on('failed', ({ taskId }, { message }) => console.log(`${taskId} failed: ${message}`));
worker.once('connected', () => console.log(`waiting for tasks for ${baseUrl}, Ctrl-C ends`));
worker.start().catch(console.error);
process.once('SIGINT', () => void worker.stop());
process.once('SIGTERM', () => void worker.stop());
