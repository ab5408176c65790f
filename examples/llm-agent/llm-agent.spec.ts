import { TaskCancelledError, TaskFailedError, type TaskContext, type Usage } from '@agent-orchestration/sdk';
import { llmHandler, type LlmOptions } from './llm-handler';
import { OpenAiServer, halted, raw, refused, streamed } from './openai-server.testing';
import { retryAfterOf } from './provider-failure';
import { serverSentEvents } from './sse';

const TASK = { model: 'gpt-4o', prompt: 'Greet the fleet', parameters: { temperature: 0.2, max_tokens: 4 } };
const SSE = { 'content-type': 'text/event-stream' };

describe('the LLM agent', () => {
  const server = new OpenAiServer();
  let baseUrl: string;
  let told: { progress: [number, string | undefined][]; usage: Usage[]; logs: string[] };

  beforeAll(async () => {
    baseUrl = await server.start();
  });
  afterAll(() => server.stop());
  beforeEach(() => {
    told = { progress: [], usage: [], logs: [] };
    server.asked.length = 0;
    server.answer = streamed(['Hello', ' fleet']);
  });

  function run(
    payload: Record<string, unknown> = TASK,
    changes: Partial<TaskContext> = {},
    options: Partial<LlmOptions> = {},
  ) {
    const task: TaskContext = {
      ...{ taskId: 't', type: 'llm', payload, priority: 40, attempt: 1, createdAt: '', credentials: {} },
      signal: new AbortController().signal,
      progress: (percent, message) => void told.progress.push([percent, message]),
      log: (message) => void told.logs.push(message),
      reportUsage: (usage) => void told.usage.push(usage),
      ...changes,
    };
    return llmHandler({ baseUrl, apiKey: 'sk-secret', provider: 'openai', quietMs: 5_000, ...options })(task);
  }
  const failure = async (...args: Parameters<typeof run>) => {
    const error: unknown = await run(...args).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (!(error instanceof TaskFailedError)) throw new Error(`not a failure of the task: ${String(error)}`);
    const { failureClass, retryable, retryAfterMs, message } = error;
    return { failureClass, retryable, retryAfterMs, message };
  };

  it('should ask with the model, the prompt and the parameters, and give back the answer', async () => {
    await expect(run()).resolves.toEqual({
      ...{ text: 'Hello fleet', model: 'gpt-4o', finish_reason: 'stop' },
      usage: { input_tokens: 1_000, output_tokens: 200 },
    });
    expect(server.asked).toEqual([
      {
        authorization: 'Bearer sk-secret',
        left: false,
        body: {
          ...{ temperature: 0.2, max_tokens: 4, model: 'gpt-4o', stream: true },
          messages: [{ role: 'user', content: 'Greet the fleet' }],
          stream_options: { include_usage: true },
        },
      },
    ]);
  });

  it('should report progress and usage', async () => {
    await run();
    expect(told.progress).toEqual([
      [25, '5 characters'],
      [50, '11 characters'],
    ]);
    expect(told.usage).toEqual([
      {
        ...{ provider: 'openai', model: 'gpt-4o', inputTokens: 1_000, outputTokens: 200, cachedInputTokens: 400 },
        durationMs: expect.any(Number) as number,
      },
    ]);
  });

  it('should not guess what was used', async () => {
    server.answer = streamed(['x'], null);
    await expect(run()).resolves.toMatchObject({ text: 'x', usage: null });
    expect(told.usage).toEqual([]);
    expect(told.logs.at(-1)).toContain('did not say');
  });

  it("should use the task's own key, a system prompt and its own model where the task names none", async () => {
    await run({ prompt: 'p', system: 's' }, { credentials: { OPENAI_API_KEY: 'sk-own' } }, { model: 'llama3' });
    expect(server.asked[0]?.authorization).toBe('Bearer sk-own');
    expect(server.asked[0]?.body).toMatchObject({
      model: 'llama3',
      messages: [
        { role: 'system', content: 's' },
        { role: 'user', content: 'p' },
      ],
    });
  });

  it('should take an answer in one piece', async () => {
    const answer = {
      choices: [{ message: { role: 'assistant', content: 'whole' }, finish_reason: 'length' }],
      usage: { prompt_tokens: 3, completion_tokens: 2 },
    };
    server.answer = raw(200, { 'content-type': 'application/json' }, JSON.stringify(answer));
    await expect(run()).resolves.toMatchObject({ text: 'whole', finish_reason: 'length' });
    expect(told.usage).toMatchObject([{ inputTokens: 3, outputTokens: 2, cachedInputTokens: 0 }]);
  });

  it.each([
    [{ prompt: 'p' }, 'model'],
    [{ model: 'm' }, 'prompt'],
    [{ ...TASK, prompt: 7 }, 'prompt'],
    [{ ...TASK, system: '' }, 'system'],
    [{ ...TASK, parameters: [] }, 'parameters'],
    [{ ...TASK, parameters: { n: 2 } }, 'parameters.n'],
  ])('should fail %j for good', async (payload, named) => {
    const { message, ...rest } = await failure(payload);
    expect(rest).toEqual({ failureClass: 'InvalidTask', retryable: false, retryAfterMs: undefined });
    expect(message).toContain(named);
    expect(server.asked).toEqual([]);
  });

  it.each([
    [400, 'InvalidRequest', false],
    [401, 'Unauthenticated', false],
    [403, 'Forbidden', false],
    [404, 'ModelNotFound', false],
    [418, 'Refused', false],
    [422, 'InvalidRequest', false],
    [408, 'ProviderTimeout', true],
    [429, 'RateLimited', true],
    [500, 'ProviderUnavailable', true],
    [503, 'ProviderUnavailable', true],
  ])('should say of HTTP %i that it is %s', async (status, failureClass, retryable) => {
    server.answer = refused(status, 'not now', { 'retry-after': '7' });
    await expect(failure()).resolves.toEqual({
      ...{ failureClass, retryable, retryAfterMs: retryable ? 7_000 : undefined },
      message: `the provider answered ${status}: not now`,
    });
  });

  it('should read when to come back', () => {
    const now = Date.parse('2026-01-01T00:00:00.000Z');
    const read = (headers: Record<string, string>) => retryAfterOf(new Headers(headers), now);
    expect(read({ 'retry-after': '1.5' })).toBe(1_500);
    expect(read({ 'retry-after': 'Thu, 01 Jan 2026 00:01:00 GMT' })).toBe(60_000);
    expect(read({ 'retry-after': 'Wed, 31 Dec 2025 00:00:00 GMT' })).toBe(0);
    expect(read({ 'retry-after': '9', 'retry-after-ms': '250' })).toBe(250);
    expect([read({}), read({ 'retry-after': 'soon' })]).toEqual([undefined, undefined]);
  });

  it('should never repeat a key in what it reports', async () => {
    server.answer = refused(401, 'Incorrect API key provided: sk-secret');
    expect((await failure()).message).toBe('the provider answered 401: Incorrect API key provided: ***');
  });

  it.each([
    ['no JSON', raw(200, SSE, 'data: <html>\n\n')],
    ['no object', raw(200, SSE, 'data: 7\n\n')],
    ['an end in the middle', raw(200, SSE, 'data: {"choices":[{"delta":{"content":"x"}}]}\n\n')],
    ['no list of choices', raw(200, SSE, 'data: {"choices":{}}\n\n')],
    ['a page', raw(200, { 'content-type': 'text/html' }, '<html></html>')],
    ['an answer without a message', raw(200, { 'content-type': 'application/json' }, '{"choices":[]}')],
  ])('should have garbage repeated: %s', async (_what, answer) => {
    server.answer = answer;
    await expect(failure()).resolves.toMatchObject({ failureClass: 'ProviderProtocol', retryable: true });
    expect(told.usage).toEqual([]);
  });

  it('should have an error in the middle of the stream repeated', async () => {
    server.answer = raw(200, SSE, 'data: {"error":{"message":"overloaded"}}\n\n');
    await expect(failure()).resolves.toMatchObject({
      failureClass: 'ProviderError',
      retryable: true,
      message: 'the provider gave up: overloaded',
    });
  });

  it('should not take more than a result may hold', async () => {
    server.answer = streamed(Array.from({ length: 7 }, () => 'x'.repeat(10_000)));
    await expect(failure()).resolves.toMatchObject({ failureClass: 'AnswerTooLong', retryable: false });
  });

  it('should give up a provider that cannot be reached, breaks off, or says nothing', async () => {
    await expect(failure(TASK, {}, { baseUrl: 'http://127.0.0.1:1/v1' })).resolves.toMatchObject({
      failureClass: 'ProviderUnreachable',
      retryable: true,
    });
    server.answer = (response) => {
      response.writeHead(200, SSE).write('data: {}\n\n');
      setImmediate(() => response.destroy());
    };
    await expect(failure()).resolves.toMatchObject({ failureClass: 'ProviderUnreachable', retryable: true });
    server.answer = halted();
    await expect(failure(TASK, {}, { quietMs: 50 })).resolves.toMatchObject({
      failureClass: 'ProviderTimeout',
      retryable: true,
    });
    server.answer = () => undefined;
    await expect(failure(TASK, {}, { quietMs: 50 })).resolves.toMatchObject({ failureClass: 'ProviderTimeout' });
  });

  it('should end the request when the task is cancelled', async () => {
    const controller = new AbortController();
    server.answer = halted();
    const reason = new TaskCancelledError('not wanted');
    const running = run(TASK, { signal: controller.signal, progress: () => controller.abort(reason) });
    await expect(running).rejects.toBe(reason);
    const [asked] = server.asked;
    while (!asked?.left) await new Promise((resolve) => setImmediate(resolve));
  });
});

describe('server-sent events', () => {
  async function read(...chunks: (string | Uint8Array)[]): Promise<string[]> {
    const bytes = chunks.map((chunk) => (typeof chunk === 'string' ? new TextEncoder().encode(chunk) : chunk));
    const events: string[] = [];
    for await (const data of serverSentEvents(
      (async function* () {
        yield* bytes;
      })(),
    ))
      events.push(data);
    return events;
  }

  it('should be the same however they are cut', async () => {
    const text =
      ': comment\r\nevent: x\ndata: gr\u00fc\u00df\r\n\r\ndata:two\ndata: lines\n\n\nid: 7\n\ndata: last\r\r';
    const whole = await read(text, '\n');
    expect(whole).toEqual(['gr\u00fc\u00df', 'two\nlines', 'last']);
    const bytes = new TextEncoder().encode(`${text}\n`);
    await expect(read(...[...bytes].map((byte) => Uint8Array.of(byte)))).resolves.toEqual(whole);
  });

  it('should have an end', async () => {
    await expect(read(`data: ${'x'.repeat(1_000_001)}`)).rejects.toThrow('too long');
    await expect(read('data: not finished\n')).resolves.toEqual([]);
  });
});
