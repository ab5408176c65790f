import { snakeKeys } from './casing';
import type { JsonObject, PriorityName, RetryPolicy } from './types';
import type { Compensation, InnerStep, WorkflowDefinition, WorkflowStep } from './workflow-definition';

/** Any of these may be an expression: `cel('parameters.count')`. */
interface Tries {
  /** How a step that fails is tried again; of a task it is the task's own policy. */
  readonly retry?: RetryPolicy;
  readonly timeoutSeconds?: number;
}

interface Described extends Tries {
  /** For people; default: its key. */
  readonly name?: string;
  readonly description?: string;
  /** Takes back what it did. */
  readonly compensation?: Undoing;
}

/** What every step of a workflow may say besides what it does. */
export interface StepOptions extends Described {
  /** Keys; without it a step waits for the one before it. An empty list: it starts at once. */
  readonly dependsOn?: readonly string[];
  /** Steps of one order run beside each other. */
  readonly order?: number;
  /** CEL; false: it is skipped. */
  readonly when?: string;
  /** Default: the run fails. */
  readonly onFailure?: 'fail' | 'continue';
}

export interface TaskStep {
  readonly type: string;
  readonly title?: string;
  readonly description?: string;
  readonly instructions?: string;
  readonly payload?: JsonObject;
  readonly agentId?: string;
  readonly agentType?: string;
  readonly capabilities?: readonly string[];
  readonly priority?: PriorityName | 'medium' | number;
  readonly leaseSeconds?: number;
  readonly onAgentLost?: 'requeue' | 'wait' | 'fail';
  readonly fairnessKey?: string;
  readonly concurrencyKey?: string;
}
export interface ApprovalStep {
  readonly title: string;
  readonly description?: string;
  /** What is approved, shown to the approvers exactly so. */
  readonly arguments?: unknown;
  /** So many approve; one who rejects ends it. */
  readonly required?: number;
  readonly roles?: readonly string[];
  readonly users?: readonly string[];
  readonly allowSelf?: boolean;
  readonly expiresSeconds?: number;
}
export interface SignalStep {
  readonly name: string;
  /** What the sender knows instead of the run's id: an order's number. */
  readonly correlation?: string;
}
/** One of the two. */
export interface TimerStep {
  readonly seconds?: number | string;
  readonly until?: string;
}
export interface WorkflowStepTarget {
  readonly workflowId: string;
  readonly version?: number;
  readonly parameters?: JsonObject;
}
export interface WebhookStep {
  readonly url: string;
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly signingSecretId?: string;
  readonly expectStatus?: readonly number[];
}
export interface ConditionStep {
  /** CEL. */
  readonly expression: string;
  /** Steps of which the ones not chosen are skipped. */
  readonly then?: readonly string[];
  readonly else?: readonly string[];
}
export type Undoing = Tries &
  ({ readonly task: TaskStep } | { readonly workflow: WorkflowStepTarget } | { readonly webhook: WebhookStep });

const PRIORITIES = { urgent: 100, critical: 80, high: 60, normal: 40, medium: 40, low: 20 } as const;
const KEY = /^[a-z][a-z0-9_]{0,62}$/;

/** The value of a CEL expression, where a definition takes one: `${{ … }}`. */
export function cel(expression: string): string {
  return `\${{ ${expression} }}`;
}

/**
 * A workflow's definition, step by step:
 *
 *     const deploy = workflow('deploy')
 *       .parameters({ type: 'object', required: ['version'] })
 *       .task('build', { type: 'build', payload: { version: cel('parameters.version') } })
 *       .approval('ok', { title: 'Deploy it?', arguments: cel('steps.build.output') })
 *       .task('ship', { type: 'ship' });
 *     await client.workflows.create(deploy);
 */
export function workflow(name: string): WorkflowBuilder {
  return new WorkflowBuilder(name);
}

/** Steps, of a workflow or within one of its steps. */
abstract class Steps<Options extends Described> {
  protected readonly made = new Map<string, object>();

  task(key: string, task: TaskStep, options?: Options): this {
    return this.add(key, 'task', taskOf(task), options);
  }

  /** Waits for people. */
  approval(key: string, approval: ApprovalStep, options?: Options): this {
    return this.add(key, 'approval', snakeKeys(approval), options);
  }

  /** Waits for a signal. */
  signal(key: string, signal: SignalStep, options?: Options): this {
    return this.add(key, 'signal', snakeKeys(signal), options);
  }

  /** Waits for a while, or until a time. */
  timer(key: string, timer: TimerStep, options?: Options): this {
    return this.add(key, 'timer', snakeKeys(timer), options);
  }

  /** Runs another workflow. */
  workflow(key: string, target: WorkflowStepTarget, options?: Options): this {
    return this.add(key, 'workflow', snakeKeys(target), options);
  }

  webhook(key: string, webhook: WebhookStep, options?: Options): this {
    return this.add(key, 'webhook', snakeKeys(webhook), options);
  }

  /** @throws TypeError for a key that is none, or is there already */
  protected add(key: string, type: string, action: object, options: Described = {}): this {
    const { name = key, retry, compensation, ...rest } = options;
    return this.put({
      key,
      name,
      type,
      [type]: action,
      ...snakeKeys(rest),
      ...(retry && { retry: snakeKeys(retry) }),
      ...(compensation && { compensation: compensationOf(compensation) }),
    });
  }

  protected put(step: { readonly key: string; readonly [field: string]: unknown }): this {
    if (!KEY.test(step.key))
      throw new TypeError(`the key '${step.key}' must be lower-case letters, digits and underscores`);
    if (this.made.has(step.key)) throw new TypeError(`there are two steps with the key '${step.key}'`);
    this.made.set(step.key, step);
    return this;
  }
}

/** Branches of a parallel, or the one step of a map. */
export class InnerSteps extends Steps<Described> {
  /** As the API takes them. */
  steps(): InnerStep[] {
    return [...this.made.values()] as InnerStep[];
  }
}

export class WorkflowBuilder extends Steps<StepOptions> {
  private readonly rest: { -readonly [K in keyof Omit<WorkflowDefinition, 'steps'>]: WorkflowDefinition[K] } = {};
  private text: string | undefined;

  constructor(readonly name: string) {
    super();
  }

  /** For people. */
  describe(description: string): this {
    this.text = description;
    return this;
  }

  get description(): string | undefined {
    return this.text;
  }

  /** JSON Schema (2020-12) that a run's parameters must meet. */
  parameters(schema: JsonObject): this {
    this.rest.parameters = schema;
    return this;
  }

  /** Chooses between steps. */
  condition(key: string, condition: ConditionStep, options?: StepOptions): this {
    return this.add(key, 'condition', snakeKeys(condition), options);
  }

  /** Several steps beside each other: `(branches) => branches.task('a', …).task('b', …)`. */
  parallel(
    key: string,
    branches: (branches: InnerSteps) => InnerSteps,
    { limit, ...options }: StepOptions & { readonly limit?: number } = {},
  ): this {
    return this.add(key, 'parallel', snakeKeys({ limit, steps: branches(new InnerSteps()).steps() }), options);
  }

  /** One step for each item of a list, which it knows as `item` (and `index`): `(step) => step.task('page', …)`. */
  map(
    key: string,
    items: readonly unknown[] | string,
    each: (step: InnerSteps) => InnerSteps,
    options: StepOptions & { readonly limit?: number; readonly onItemFailure?: 'fail' | 'continue' } = {},
  ): this {
    const { limit, onItemFailure, ...rest } = options;
    const [step, another] = each(new InnerSteps()).steps();
    if (!step || another) throw new TypeError(`the map '${key}' must have one step`);
    return this.add(key, 'map', snakeKeys({ items, limit, step, onItemFailure }), rest);
  }

  /** Takes back what these steps did, or all that have completed, the last first. */
  compensate(key: string, steps?: readonly string[], options?: StepOptions): this {
    return this.add(key, 'compensate', snakeKeys({ steps }), options);
  }

  /** A step as the API takes it. */
  step(step: WorkflowStep): this {
    return this.put({ ...step });
  }

  /** What a run gives back; texts of it may hold expressions. */
  output(output: unknown): this {
    this.rest.output = output;
    return this;
  }

  /** Default: compensate where a step says how. */
  onFailure(what: 'stop' | 'compensate'): this {
    this.rest.on_failure = what;
    return this;
  }

  /** Seconds that a run may take. */
  timeout(seconds: number): this {
    this.rest.timeout_seconds = seconds;
    return this;
  }

  /** Steps at work at once. */
  maxParallel(most: number): this {
    this.rest.max_parallel = most;
    return this;
  }

  /** As the API takes it. @throws TypeError for a step that depends on one that is not there */
  definition(): WorkflowDefinition {
    const steps = [...this.made.values()] as WorkflowStep[];
    for (const { key, depends_on = [] } of steps) {
      const unknown = depends_on.find((other) => !this.made.has(other));
      if (unknown !== undefined) throw new TypeError(`the step '${key}' depends on '${unknown}', which is not there`);
    }
    return { ...this.rest, steps };
  }
}

function taskOf({ priority, ...task }: TaskStep): object {
  const number = typeof priority === 'string' ? PRIORITIES[priority] : priority;
  return snakeKeys({ ...task, priority: number });
}

function compensationOf({ retry, timeoutSeconds, ...action }: Undoing): Compensation {
  const tries = snakeKeys({ timeoutSeconds, retry: retry && snakeKeys(retry) });
  if ('task' in action) return { type: 'task', task: taskOf(action.task), ...tries } as Compensation;
  const [type, rest] = 'workflow' in action ? ['workflow', action.workflow] : ['webhook', action.webhook];
  return { type, [type]: snakeKeys(rest), ...tries } as unknown as Compensation;
}
