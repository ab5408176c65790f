import { Client, Worker, type TaskHandler } from '@agent-orchestration/sdk';
import { delayed } from './roles/pace';
import { count, keywords } from './roles/analyser';
import { extract } from './roles/reader';
import { sumUp, weigh, writeReport } from './roles/reporter';
import type { AgentNews, AgentSetup } from './fleet';

/**
 * One agent of the demo's fleet: a process of its own, which knows the control plane's address and nothing else of it.
 * Tells its parent what it does, only so that the demo can choose when to kill it.
 */
async function main(): Promise<void> {
  const { AGENT_SETUP, AO_URL = '', AO_API_KEY } = process.env;
  const setup = JSON.parse(AGENT_SETUP ?? '') as AgentSetup;
  const client = new Client({ baseUrl: AO_URL, apiKey: AO_API_KEY, maxRetries: 12 });
  const all: Record<string, TaskHandler> = {
    'document.extract': extract,
    'document.count': count,
    'document.keywords': keywords,
    'corpus.weigh': weigh,
    'corpus.sum': sumUp,
    'report.write': (task) => writeReport(task, client),
  };
  const handlers = Object.fromEntries(
    Object.entries(all)
      .filter(([type]) => setup.capabilities.includes(type))
      .map(([type, handler]) => [type, told(delayed(handler, setup.paceMs))]),
  );
  const worker = new Worker({
    client,
    agentId: setup.name,
    agentType: 'worker',
    capabilities: setup.capabilities,
    concurrency: setup.concurrency,
    heartbeatIntervalSeconds: setup.heartbeatSeconds,
    metadata: { role: setup.role, pid: process.pid },
    handlers,
  });

  worker.on('started', ({ taskId, type, attempt }) => tell({ news: 'started', taskId, type, attempt }));
  worker.on('ended', (error) => {
    if (error) process.stderr.write(`${setup.name} ended: ${error.message}\n`);
    process.exit(error ? 1 : 0);
  });

  const stop = () => void worker.stop({ graceMs: 5_000 });
  process.once('SIGTERM', stop);
  // A Ctrl-C in the terminal reaches the whole group; the parent decides what ends when.
  process.on('SIGINT', () => undefined);
  // The parent is gone, even by kill -9: nobody needs this agent any more.
  process.once('disconnect', () => process.exit(0));
  await worker.start();
  tell({ news: 'connected' });
}

function tell(news: AgentNews): void {
  if (process.connected) process.send?.(news);
}

/** Tells when the work on a task is over, before its result is reported: then it is not in hand any more. */
function told(handler: TaskHandler): TaskHandler {
  return async (task) => {
    try {
      return await handler(task);
    } finally {
      tell({ news: 'settled', taskId: task.taskId, type: task.type });
    }
  };
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
