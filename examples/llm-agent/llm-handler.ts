import type { TaskContext } from '@agent-orchestration/sdk';
import { complete } from './completion';
import { llmTaskOf, mostTokens } from './llm-task';

export interface LlmOptions {
  readonly baseUrl: string;
  /** Used where the task brings no credential of its own. */
  readonly apiKey?: string;
  /** What the control plane's price table calls the provider. */
  readonly provider: string;
  /** Of tasks that name none. */
  readonly model?: string;
  /** Silence of the provider after which an attempt fails; default 60,000 ms. */
  readonly quietMs?: number;
}

export interface LlmResult {
  readonly text: string;
  readonly model: string;
  readonly finish_reason: string | null;
  readonly usage: { readonly input_tokens: number; readonly output_tokens: number } | null;
}

/** The name under which a task may bring its own key: `credentials: [{name: 'OPENAI_API_KEY', secret: …}]`. */
const CREDENTIAL = 'OPENAI_API_KEY';
/** Where a task does not say how long its answer may be, progress is told of so many tokens. */
const USUAL_TOKENS = 1_000;

/** Does tasks of the form `{model, prompt, parameters}` by an endpoint that speaks OpenAI's protocol. */
export function llmHandler(options: LlmOptions): (task: TaskContext) => Promise<LlmResult> {
  const { baseUrl, provider, quietMs = 60_000 } = options;
  return async (task) => {
    const asked = llmTaskOf(task, options.model);
    const { model } = asked;
    const most = mostTokens(asked) ?? USUAL_TOKENS;
    const apiKey = task.credentials[CREDENTIAL] ?? options.apiKey;
    const started = performance.now();
    task.log(`asking ${provider} for ${model}`);
    const { text, finishReason, usage } = await complete(
      asked,
      { baseUrl, apiKey, quietMs },
      {
        signal: task.signal,
        // A piece is about a token.
        onPiece: (pieces, characters) => task.progress(Math.min(99, (100 * pieces) / most), `${characters} characters`),
      },
    );
    if (usage) task.reportUsage({ provider, model, ...usage, durationMs: performance.now() - started });
    else task.log(`${provider} did not say what it used`, 'warn');
    return {
      ...{ text, model, finish_reason: finishReason },
      usage: usage ? { input_tokens: usage.inputTokens, output_tokens: usage.outputTokens } : null,
    };
  };
}
