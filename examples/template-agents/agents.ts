import { runAgents } from './run-agents';

const { AO_URL, AO_API_KEY, OPENAI_BASE_URL, OPENAI_API_KEY } = process.env;

async function main(): Promise<void> {
  const [installationId] = process.argv.slice(2);
  if (installationId === undefined) throw new Error('name an installation: agents.js <id>');
  const workers = await runAgents(installationId, {
    ...{ baseUrl: AO_URL ?? 'http://localhost:3000', apiKey: AO_API_KEY },
    ...(OPENAI_BASE_URL !== undefined && { model: { baseUrl: OPENAI_BASE_URL, apiKey: OPENAI_API_KEY } }),
  });
  for (const worker of workers) {
    worker.on('completed', ({ taskId, type }) => console.log(`${taskId} ${type} completed`));
    worker.on('failed', ({ taskId, type }, { message }) => console.log(`${taskId} ${type} failed: ${message}`));
  }
  console.log(`${workers.length} agents wait for tasks, Ctrl-C ends`);
  process.once('SIGINT', () => void Promise.all(workers.map((worker) => worker.stop())));
  await Promise.all(workers.map(({ ended }) => ended));
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
