import type { JsonObject, TaskContext, TaskHandler } from '@agent-orchestration/sdk';
import { OpenAiServer, streamed } from '../llm-agent/openai-server.testing';
import { templateHandlers } from './handlers';

const OPTIONS = { baseUrl: 'http://127.0.0.1:9', apiKey: undefined };

/** What the agents of the templates make of their tasks. */
describe('the agents of the templates', () => {
  const run = async (
    type: string,
    payload: object,
    handlers: Readonly<Record<string, TaskHandler>> = templateHandlers(OPTIONS),
  ) => {
    const used: object[] = [];
    const task = {
      ...{ taskId: 'task', type, payload: payload as JsonObject, signal: new AbortController().signal },
      reportUsage: (usage: object) => void used.push(usage),
    };
    const result = (await handlers[type]!(task as unknown as TaskContext)) as Record<string, unknown>;
    return { result, used };
  };

  it('should split at sentences, into parts of about so many words, and count', async () => {
    const documents = [{ title: 'A', text: 'One two three. Four five six. Seven eight nine ten!' }];
    const { result } = await run('documents.split', { documents, words_per_part: 6 });
    expect(result).toEqual({
      documents: [{ index: 0, title: 'A', words: 10, sentences: 3 }],
      parts: [
        { document: 0, part: 0, text: 'One two three. Four five six.' },
        { document: 0, part: 1, text: 'Seven eight nine ten!' },
      ],
    });
  });

  it('should keep the sentence that holds most of what a part is about', async () => {
    const text = 'It rained. The harbour closed and ships left the harbour. Ships came back.';
    const { result } = await run('documents.summarise', { part: { document: 0, part: 0, text }, sentences: 1 });
    expect(result).toMatchObject({
      summary: 'The harbour closed and ships left the harbour.',
      keywords: { harbour: 2, ships: 2 },
    });
  });

  it('should score by whole words and phrases, twice in a title, and never above 100', async () => {
    const weights = { outage: 40, 'data loss': 50, down: 30 };
    const score = async (title: string, report: string) =>
      (await run('incidents.score', { title, report, weights })).result;
    expect(await score('Outage', 'Since noon')).toMatchObject({ score: 80, severity: 'critical' });
    expect(await score('Slow', 'The download hangs')).toEqual({ score: 0, severity: 'low', words: [] });
    expect(await score('Data loss', 'The database is down')).toMatchObject({ score: 100 });
  });

  it('should render what it is given, with a warning where too much has failed', async () => {
    const figures = { submitted: 12, completed: 6, failed: 4, longest_queue: 3, agents: 2, busiest_hour: null };
    const render = async (failure_share_to_warn: number) =>
      (await run('report.render', { title: 'Night', figures, failure_share_to_warn })).result;
    expect(await render(0.5)).toMatchObject({ warning: false, failure_share: 0.4 });
    expect((await render(0.4))['markdown']).toMatch(/40\.0 % of the tasks[^]*\| tasks submitted \| 12 \|/);
  });

  it('should ask a model about what it has found, where there is one, and count what that used', async () => {
    const provider = new OpenAiServer();
    provider.answer = streamed(['In trees.']);
    const handlers = templateHandlers({ ...OPTIONS, model: { baseUrl: await provider.start(), apiKey: 'sk-test' } });
    const sources = [{ name: 'almanac', text: 'Herons nest in trees. Frogs sing.' }];
    const payload = { topic: { topic: 'where herons nest' }, sources, most: 3, model: 'llama2' };
    try {
      const { result, used } = await run('research.gather', payload, handlers);
      const findings = [{ source: 'almanac', text: 'Herons nest in trees.' }];
      expect(result).toEqual({ topic: 'where herons nest', looked_at: 2, findings, answer: 'In trees.' });
      expect(JSON.stringify(provider.asked[0]?.body)).toContain('[almanac] Herons nest in trees.');
      expect(used).toMatchObject([{ model: 'llama2', inputTokens: 1_000, outputTokens: 200 }]);
      const without = await run('research.gather', payload);
      expect([without.result['answer'], provider.asked.length]).toEqual([null, 1]);
    } finally {
      await provider.stop();
    }
  });

  it('rejects payloads that are no such task, for good', async () => {
    for (const [type, payload] of [
      ['documents.split', { documents: 'none', words_per_part: 5 }],
      ['deploy.check', {}],
      ['incidents.score', { title: 'a', report: 'b', weights: [] }],
      ['research.plan', { question: 7 }],
    ] as const)
      await expect(run(type, payload)).rejects.toMatchObject({ name: 'NonRetryableError' });
  });
});
