import { Client, NonRetryableError, Worker } from '@agent-orchestration/sdk';
import { TASK_TYPE, type AgentNews } from './agents';

/** One agent of the campaign, a process of its own: squares numbers, some of them badly. */
async function main(): Promise<void> {
  const { AO_URL = '', AO_API_KEY, AGENT_ID = '' } = process.env;
  const client = new Client({
    baseUrl: AO_URL,
    apiKey: AO_API_KEY,
    maxRetries: 40,
    backoff: { baseMs: 50, capMs: 1_000 },
  });
  const worker = new Worker({
    client,
    agentId: AGENT_ID,
    agentType: 'worker',
    capabilities: [TASK_TYPE],
    concurrency: 8,
    heartbeatIntervalSeconds: 2,
    reconnect: { baseMs: 50, capMs: 1_000 },
    handler: async ({ payload, attempt, signal }) => {
      const n = Number(payload.n);
      await new Promise((resolve) => setTimeout(resolve, n % 20));
      signal.throwIfAborted();
      if (n % 50 === 7 && attempt === 1) throw new Error('the first attempt at this one fails');
      if (n % 400 === 13) throw new Error('every attempt at this one fails');
      if (n % 400 === 14) throw new NonRetryableError('this one cannot be done');
      return n ** 2;
    },
  });
  worker.on('refused', () => tell({ news: 'refused' }));
  worker.on('ended', (error) => {
    if (error) process.stderr.write(`${AGENT_ID} ended: ${error.message}\n`);
    process.exit(error ? 1 : 0);
  });
  process.once('SIGTERM', () => void worker.stop({ graceMs: 2_000 }));
  process.on('SIGINT', () => undefined);
  process.once('disconnect', () => process.exit(0));
  await worker.start();
  tell({ news: 'connected' });
}

function tell(news: AgentNews): void {
  if (process.connected) process.send?.(news);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
