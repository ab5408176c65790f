import { Client } from '@agent-orchestration/sdk';

/** Gives the first agent something to do and prints what came of it. */
async function main(): Promise<void> {
  const client = new Client({ baseUrl: process.env.AO_URL ?? 'http://localhost:3000', apiKey: process.env.AO_API_KEY });
  const { taskId } = await client.tasks.submit({
    type: 'shout',
    payload: { text: process.argv[2] ?? 'hello fleet' },
    requirements: { capabilities: ['shout'] },
  });
  const task = await client.tasks.wait(taskId);
  console.log(task.status, task.result ?? task.failure);
  client.close();
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
