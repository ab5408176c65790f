import { TaskFailedError, type TaskContext } from '@agent-orchestration/sdk';

/** A task of the coordinator's document: `{model, prompt, parameters}`. */
export interface LlmTask {
  readonly model: string;
  readonly messages: readonly { readonly role: 'system' | 'user'; readonly content: string }[];
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** @throws TaskFailedError, not to be repeated, for a payload that is no such task */
export function llmTaskOf({ payload }: Pick<TaskContext, 'payload'>, defaultModel?: string): LlmTask {
  const { model = defaultModel, prompt, system, parameters = {} } = payload;
  if (!isText(model)) throw wrong('model must be text');
  if (!isText(prompt)) throw wrong('prompt must be text');
  if (system !== undefined && !isText(system)) throw wrong('system must be text');
  if (typeof parameters !== 'object' || parameters === null || Array.isArray(parameters)) {
    throw wrong('parameters must be an object');
  }
  const { n = 1 } = parameters as { n?: unknown };
  if (n !== 1) throw wrong('parameters.n must be 1: a task has one result');
  const messages = [
    ...(system === undefined ? [] : [{ role: 'system' as const, content: system }]),
    { role: 'user' as const, content: prompt },
  ];
  return { model, messages, parameters: parameters as LlmTask['parameters'] };
}

/** The most tokens that the answer may take, where the task says so. */
export function mostTokens({ parameters }: LlmTask): number | undefined {
  const most = parameters.max_completion_tokens ?? parameters.max_tokens;
  return typeof most === 'number' && most > 0 ? most : undefined;
}

const isText = (value: unknown): value is string => typeof value === 'string' && value.length > 0;

const wrong = (why: string) =>
  new TaskFailedError(`not an LLM task: ${why}`, { class: 'InvalidTask', retryable: false });
