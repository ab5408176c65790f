import { Worker } from '@agent-orchestration/sdk';

const worker = new Worker({
  baseUrl: process.env.AO_URL ?? 'http://localhost:3000',
  apiKey: process.env.AO_API_KEY,
  agentId: 'my-first-agent',
  agentType: 'worker',
  capabilities: ['shout'],
  handlers: { shout: (task) => ({ text: String(task.payload.text).toUpperCase() }) },
});
worker.start().then(() => console.log('waiting for tasks, Ctrl-C ends'), console.error);
process.once('SIGINT', () => void worker.stop());
