import type { TaskContext, TaskHandler } from '@agent-orchestration/sdk';
import { complete } from '../llm-agent/completion';
import { heaviest, sentencesOf, tellingWords } from './sentences';
import { listIn, numberIn, optionalTextIn, textIn } from './task-input';

/** An endpoint that speaks OpenAI's protocol, up to and with its version. */
export interface Model {
  readonly baseUrl: string;
  readonly apiKey: string | undefined;
}

const MOST_TOPICS = 8;
const QUIET_MS = 60_000;

/** Splits a question where it asks for more than one thing. */
export const plan: TaskHandler = ({ payload }) => {
  const question = textIn(payload, 'question');
  const parts = question
    .split(/[?;\n]|,?\s+\b(?:and|und|as well as)\b\s+|,\s+/i)
    .map((part) => part.trim())
    .filter((part) => tellingWords(part).length > 0);
  const topics = (parts.length > 0 ? parts : [question]).slice(0, MOST_TOPICS);
  return { topics: [...new Set(topics)].map((topic) => ({ topic, words: [...new Set(tellingWords(topic))] })) };
};

interface Finding {
  readonly source: string;
  readonly text: string;
}

/** The sentences of the sources that speak of a topic; where there is a model, what it makes of them besides. */
export const gather =
  (model: Model | undefined): TaskHandler =>
  async (task) => {
    const { payload } = task;
    const { topic } = payload['topic'] as { topic: string };
    const wanted = new Set(tellingWords(topic));
    const weightOf = (sentence: string) => new Set(tellingWords(sentence).filter((word) => wanted.has(word))).size;
    const most = numberIn(payload, 'most', 1, 100);
    const all = listIn(payload, 'sources').flatMap((source) =>
      sentencesOf(textIn(source, 'text')).map((text): Finding => ({ source: textIn(source, 'name'), text })),
    );
    const best = new Set(
      heaviest(
        all.map(({ text }) => text),
        weightOf,
        most,
      ),
    );
    const findings = all.filter(({ text }) => best.delete(text));
    const name = optionalTextIn(payload, 'model');
    const answer = model && name !== '' && findings.length > 0 ? await ask(task, model, name, topic, findings) : null;
    return { topic, looked_at: all.length, findings, answer };
  };

async function ask(task: TaskContext, provider: Model, model: string, topic: string, findings: readonly Finding[]) {
  const notes = findings.map(({ source, text }) => `[${source}] ${text}`).join('\n');
  const content = `Answer in at most three sentences, from these notes alone.\n\nTopic: ${topic}\n\n${notes}`;
  const asked = { model, messages: [{ role: 'user' as const, content }], parameters: {} };
  const { text, usage } = await complete(asked, { ...provider, quietMs: QUIET_MS }, { signal: task.signal });
  if (usage) task.reportUsage({ provider: new URL(provider.baseUrl).hostname, model, ...usage });
  return text;
}

/** Findings by topic, each with its source, and the sources by how much they gave. */
export const merge: TaskHandler = ({ payload }) => {
  const question = textIn(payload, 'question');
  const topics = listIn(payload, 'findings').map((one) => ({
    ...{ topic: textIn(one, 'topic'), answer: one['answer'] as string | null },
    findings: one['findings'] as readonly Finding[],
  }));
  const counts = new Map<string, number>();
  for (const { findings } of topics)
    for (const { source } of findings) counts.set(source, (counts.get(source) ?? 0) + 1);
  const sources = [...counts]
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .map(([name, findings]) => ({ name, findings }));
  const lines = [
    ...[`# ${question}`, ''],
    ...topics.flatMap(({ topic, answer, findings }) => [
      ...[`## ${topic}`, ''],
      ...(answer === null ? [] : [answer, '']),
      ...(findings.length > 0
        ? findings.map(({ source, text }) => `- ${text} (${source})`)
        : ['- nothing in these sources']),
      '',
    ]),
  ];
  return {
    markdown: lines.join('\n'),
    sources,
    open: topics.filter(({ findings }) => findings.length === 0).map(({ topic }) => topic),
  };
};
