import {
  isPriorityName,
  matchesPattern,
  priorityValue,
  sendNotice,
  SHARED_EVENT_NAMES,
  startRun,
  submitTask,
  type DataOf,
  type PublicEventName,
  type TaskTemplate,
  type TriggerAction,
  type TriggerTerms,
  type TriggerType,
} from '@ao/contracts';
import {
  compileCondition,
  compileExpression,
  compileInput,
  ExpressionError,
  type CelExpression,
  type CompiledInput,
  type Condition,
} from '@ao/expressions';

/** What the texts of an action may speak of, by the type of its trigger. */
export const VARIABLES: Readonly<Record<TriggerType, readonly string[]>> = {
  cron: ['trigger', 'scheduled_for'],
  event: ['trigger', 'event', 'task'],
  webhook: ['trigger', 'payload', 'headers'],
  condition: ['trigger', 'queue', 'agents', 'tasks'],
};
const FIGURES = ['queue', 'agents', 'tasks'];

/** An action with everything worked out: what is sent. */
export type ReadyAction =
  | { readonly type: 'create_task'; readonly data: DataOf<typeof submitTask> }
  | {
      readonly type: 'execute_workflow';
      readonly data: Omit<DataOf<typeof startRun>, 'cause' | 'started_by'>;
    }
  | { readonly type: 'send_notification'; readonly data: DataOf<typeof sendNotice> };

/** Terms with their expressions ready to be worked out. */
export interface CompiledTrigger {
  readonly terms: TriggerTerms;
  /** Of an event trigger: the events that it covers. */
  readonly names: readonly PublicEventName[];
  readonly condition: Condition | null;
  /** Of a condition trigger. */
  readonly figures: CelExpression | null;
  /** Whether its condition, or its action, speaks of the task of an event. */
  readonly usesTask: boolean;
  /** @throws ExpressionError when it cannot be worked out, or is no order that can be sent */
  ready(variables: Readonly<Record<string, unknown>>): ReadyAction;
}

/** The field that is wrong, and how. */
export interface WrongTerms {
  readonly pointer: string;
  readonly reason: string;
}

export function compileTrigger(terms: TriggerTerms): CompiledTrigger | WrongTerms {
  const { config, action } = terms;
  const { at, json } = templateOf(action);
  const template = compileInput(json, VARIABLES[config.type]);
  if (!template.ok) return { pointer: `/action${at}${template.pointer}`, reason: template.error };
  const text = config.type === 'event' ? config.condition : null;
  const condition = text === null ? null : compileCondition(text, 'rule');
  if (condition && !condition.ok) return { pointer: '/config/condition', reason: condition.error };
  const figures = config.type === 'condition' ? compileExpression(config.condition, FIGURES) : null;
  if (figures && !figures.ok) return { pointer: '/config/condition', reason: figures.error };
  const ready = (variables: Readonly<Record<string, unknown>>) => readyAction(action, template, variables);
  // What says the same every time is looked at once and for all.
  if (template.names.size === 0) {
    try {
      ready({});
    } catch (error) {
      if (error instanceof ExpressionError) return { pointer: `/action${at}`, reason: error.message };
      throw error;
    }
  }
  const covers = (name: PublicEventName) =>
    config.type === 'event' && config.events.some((pattern) => matchesPattern(pattern, name));
  return {
    terms,
    names: SHARED_EVENT_NAMES.filter(covers),
    ...{ condition, figures, ready },
    usesTask: Boolean(condition?.task) || template.names.has('task'),
  };
}

/** The part of an action that may hold expressions, and where it stands. */
function templateOf(action: TriggerAction): { at: string; json: unknown } {
  switch (action.type) {
    case 'create_task':
      return { at: '/task', json: action.task };
    case 'execute_workflow':
      return { at: '', json: { parameters: action.parameters, priority: action.priority } };
    case 'send_notification':
      return { at: '', json: { subject: action.subject, body: action.body } };
  }
}

const MAX_SUBJECT = 300;
const MAX_BODY = 8_000;

function readyAction(
  action: TriggerAction,
  template: CompiledInput,
  variables: Readonly<Record<string, unknown>>,
): ReadyAction {
  const values = template.resolve(variables);
  switch (action.type) {
    case 'create_task':
      return {
        type: 'create_task',
        data: parsed(submitTask.data, orderOf(values as Record<keyof TaskTemplate, unknown>)),
      };
    case 'execute_workflow': {
      const { workflow_id, version } = action;
      const { parameters, priority } = values as { parameters: unknown; priority: unknown };
      const data = { workflow_id, version, parameters, priority: priorityOf(priority), started_by: null };
      const { started_by: _nobody, ...run } = parsed(startRun.data, JSON.parse(JSON.stringify(data)));
      return { type: 'execute_workflow', data: run };
    }
    case 'send_notification': {
      const { severity, recipients, channels } = action;
      const { subject, body } = values as { subject: unknown; body: unknown };
      const line = clipped(textOf(subject).replaceAll(/\s+/g, ' ').trim(), MAX_SUBJECT) || 'Notification';
      const data = { severity, recipients, channels, subject: line, body: clipped(textOf(body), MAX_BODY) };
      return { type: 'send_notification', data: parsed(sendNotice.data, data) };
    }
  }
}

function orderOf(task: Readonly<Record<keyof TaskTemplate, unknown>>): unknown {
  const { agent_id, agent_type, capabilities = [], priority, ...rest } = task;
  const requirements = { capabilities, agent_type: agent_type ?? undefined, agent_id: agent_id ?? undefined };
  // Undefined fields go: what is sent is JSON.
  return JSON.parse(JSON.stringify({ ...rest, requirements, priority: priorityOf(priority) }));
}

/** Nothing where an expression gives nothing: then it is as everywhere. */
function priorityOf(priority: unknown): unknown {
  if (priority === null) return undefined;
  return typeof priority === 'string' && isPriorityName(priority) ? priorityValue(priority) : priority;
}

const textOf = (value: unknown): string =>
  value === null || value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value);

/** Never within a character of two halves. */
function clipped(text: string, max: number): string {
  if (text.length <= max) return text;
  return `${text
    .slice(0, max - 1)
    .toWellFormed()
    .replace(/\ufffd$/, '')}…`;
}

interface Schema<T> {
  safeParse(
    value: unknown,
  ):
    | { success: true; data: T }
    | { success: false; error: { issues: readonly { path: PropertyKey[]; message: string }[] } };
}

/** @throws ExpressionError with the place of what is wrong */
function parsed<T>(schema: Schema<T>, value: unknown): T {
  const outcome = schema.safeParse(value);
  if (outcome.success) return outcome.data;
  const [issue] = outcome.error.issues;
  const at = issue?.path.map((part) => `/${String(part)}`).join('') ?? '';
  throw new ExpressionError(`${at || 'it'} ${issue?.message ?? 'is not valid'}`);
}
