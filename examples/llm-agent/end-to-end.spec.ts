import { Client, Worker } from '@agent-orchestration/sdk';
import { eventually, testStack, type TestStack } from '@ao/testing';
import { llmHandler } from './llm-handler';
import { OpenAiServer, halted, refused, streamed } from './openai-server.testing';

/** The example against the control plane, by the coordinator document's own request. */
describe('the LLM agent in a fleet', () => {
  const provider = new OpenAiServer();
  let stack: TestStack;
  let client: Client;
  let worker: Worker;

  beforeAll(async () => {
    const [baseUrl, started] = await Promise.all([provider.start(), testStack()]);
    stack = started;
    client = new Client({ baseUrl: stack.url, apiKey: stack.apiKey });
    worker = new Worker({
      ...{ client, agentId: 'llm-agent', agentType: 'worker', capabilities: ['llm'], concurrency: 2 },
      handler: llmHandler({ baseUrl, apiKey: 'sk-test', provider: 'test' }),
    });
    await worker.start();
  }, 120_000);
  afterAll(async () => {
    await worker?.stop({ graceMs: 0 });
    client?.close();
    await Promise.all([stack?.stop(), provider.stop()]);
  }, 60_000);
  beforeEach(() => {
    provider.asked.length = 0;
    provider.answer = streamed(['Hello', ' fleet']);
  });

  async function submit(): Promise<string> {
    const response = await fetch(`${stack.url}/tasks/submit`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({
        task_data: { model: 'llama2', prompt: 'test prompt' },
        priority: 'normal',
        requirements: {},
      }),
    });
    expect(response.status).toBe(200);
    return ((await response.json()) as { task_id: string }).task_id;
  }
  const costs = async () => {
    const response = await fetch(`${stack.url}/api/v1/cost/by-agent`, {
      headers: { authorization: `Bearer ${stack.apiKey}` },
    });
    return (await response.json()) as { agent_name: string; reports: number; unpriced: { input_tokens: number } }[];
  };

  it('should answer, and its tokens should count', async () => {
    const task = await client.tasks.wait(await submit());
    expect(task).toMatchObject({
      status: 'completed',
      result: { text: 'Hello fleet', model: 'llama2', usage: { input_tokens: 1_000, output_tokens: 200 } },
    });
    expect(provider.asked[0]?.body).toMatchObject({
      model: 'llama2',
      messages: [{ role: 'user', content: 'test prompt' }],
    });
    await eventually(async () =>
      expect(await costs()).toMatchObject([
        { agent_name: 'llm-agent', reports: 1, input_tokens: 1_000, unpriced: { input_tokens: 1_000 } },
      ]),
    );
  });

  it('should come back when the provider says so', async () => {
    const answers = [refused(429, 'slow down', { 'retry-after-ms': '1700' }), streamed(['at last'])];
    provider.answer = (response, asked) => answers.shift()?.(response, asked);
    const taskId = await submit();
    await expect(client.tasks.wait(taskId)).resolves.toMatchObject({
      ...{ status: 'completed', attempt: 2, result: { text: 'at last' } },
    });
    const failed = (await client.tasks.history(taskId)).find(({ type }) => type === 'TaskAttemptFailed');
    const { failed_at, retry_at, failure } = failed!.data as Record<'failed_at' | 'retry_at', string> & {
      failure: object;
    };
    expect(failure).toMatchObject({ class: 'RateLimited', retryable: true });
    expect(Date.parse(retry_at) - Date.parse(failed_at)).toBeGreaterThanOrEqual(1_700);
  });

  it('should not come back to what is refused for good', async () => {
    provider.answer = refused(401, 'Incorrect API key provided: sk-test');
    const task = await client.tasks.wait(await submit());
    expect(task).toMatchObject({
      ...{ status: 'failed', attempt: 1 },
      failure: { class: 'Unauthenticated', message: expect.stringContaining('provided: ***') as string },
    });
    expect(provider.asked).toHaveLength(1);
  });

  it('should ask with the key that the task brings', async () => {
    const post = async (route: string, body: object) => {
      const headers = { authorization: `Bearer ${stack.apiKey}`, 'content-type': 'application/json' };
      const response = await fetch(stack.url + route, { method: 'POST', headers, body: JSON.stringify(body) });
      expect([route, response.status]).toEqual([route, 201]);
      return (await response.json()) as { task_id: string };
    };
    await post('/api/v1/secrets', { name: 'llm-key', value: 'sk-of-the-task', category: 'llm' });
    const { task_id } = await post('/api/v1/tasks', {
      ...{ type: 'llm', payload: { model: 'llama2', prompt: 'p' }, requirements: { capabilities: ['llm'] } },
      credentials: [{ name: 'OPENAI_API_KEY', secret: 'llm-key' }],
    });
    await expect(client.tasks.wait(task_id)).resolves.toMatchObject({ status: 'completed' });
    expect(provider.asked.map(({ authorization }) => authorization)).toEqual(['Bearer sk-of-the-task']);
  });

  it('should stop asking when the task is cancelled', async () => {
    provider.answer = halted();
    const taskId = await submit();
    await eventually(async () => expect(await client.tasks.get(taskId)).toMatchObject({ status: 'running' }));
    await eventually(() => expect(provider.asked).toHaveLength(1));
    await client.tasks.cancel(taskId);
    await eventually(() => expect(provider.asked[0]?.left).toBe(true));
    await expect(client.tasks.get(taskId)).resolves.toMatchObject({ status: 'cancelled' });
  });
});
