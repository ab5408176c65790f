import {
  MAX_ITEMS,
  MAX_NODES,
  MAX_RUN_DEPTH,
  Work,
  type Compensation,
  type InnerStep,
  type RunDocument,
  type Step,
  type StepFailure,
} from '@ao/contracts';
import { addMilliseconds, derivedIdAt, isoTime, readId } from '@ao/kernel';
import { failed } from './run.inputs';
import type { Doing, Plan } from './run.plan';

type Action = Step | InnerStep | Compensation;
type Asked<Type extends Action['type']> = Extract<Action, { type: Type }>;
type Result = { readonly work: unknown } | StepFailure;

/** Of an event; the log takes 256 KiB. */
const MAX_WORK_BYTES = 240 * 1024;
const MAX_WAIT_SECONDS = 31_536_000;

/** What a node waits for, with every expression worked out, or why it cannot begin. */
export function workOf(
  doing: Doing,
  attempt: number,
  { run, plan, at }: { readonly run: RunDocument; readonly plan: Plan; readonly at: string },
): { readonly work: Work; readonly bytes: number } | StepFailure {
  const { action, node } = doing;
  const id = (kind: string) => derivedIdAt(at, kind, run.run_id, node, attempt);
  const resolve = (json: object) => plan.inputs.resolve(action.type, json, { run, doing });

  const result = ((): Result => {
    switch (action.type) {
      case 'task':
        return task(action, resolve, id, run.priority);
      case 'approval':
        return approval(action, resolve, id);
      case 'signal':
        return signal(action, resolve);
      case 'timer':
        return timer(action, resolve, at);
      case 'workflow':
        return child(action, resolve, id, run.depth);
      case 'webhook':
        return webhook(action, resolve, id);
      case 'parallel':
        return { work: { type: 'parallel', limit: action.parallel.limit ?? null } };
      case 'map':
        return map(action, resolve, run, node);
      case 'compensate':
        return {
          work: { type: 'compensate', steps: action.compensate.steps ?? null, through: run.completed_count },
        };
      case 'condition':
        throw new Error('a condition waits for nothing');
    }
  })();
  if ('class' in result) return result;

  const parsed = Work.safeParse(result.work);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!;
    return failed(`${action.type}/${path.filter((part) => part !== 'order' && part !== 'terms').join('/')}`, message);
  }
  const bytes = Buffer.byteLength(JSON.stringify(parsed.data));
  if (bytes > MAX_WORK_BYTES) return failed(action.type, `it would have ${bytes} bytes, more than ${MAX_WORK_BYTES}`);
  return { work: parsed.data, bytes };
}

type Resolve = (json: object) => { readonly value: unknown } | StepFailure;
type Ids = (kind: string) => string;

/** `make` with what was worked out, or what went wrong. */
function from(resolved: { readonly value: unknown } | StepFailure, make: (value: never) => Result | object): Result {
  if ('class' in resolved) return resolved;
  const made = make(resolved.value as never);
  return 'class' in made ? made : { work: made };
}

function task({ task, retry }: Asked<'task'>, resolve: Resolve, id: Ids, priority: number): Result {
  const { title, description, instructions, payload, agent_id } = task;
  const { type, agent_type, capabilities = [], lease_seconds, on_agent_lost } = task;
  const { fairness_key, concurrency_key, credentials } = task;
  return from(
    resolve(present({ title, description, instructions, payload, agent_id })),
    ({ agent_id, ...texts }: Record<string, unknown>) => ({
      type: 'task',
      task_id: id('task'),
      order: present({
        ...texts,
        type,
        priority: task.priority ?? priority,
        requirements: present({ capabilities, agent_type, agent_id: canonical(agent_id) }),
        ...{ retry, lease_seconds, on_agent_lost, fairness_key, concurrency_key, credentials },
      }),
    }),
  );
}

/** Outputs hold ids as any face writes them. */
const canonical = (id: unknown) => (typeof id === 'string' ? (readId(id, 'agent') ?? id) : id);

function approval({ approval }: Asked<'approval'>, resolve: Resolve, id: Ids): Result {
  const { title, description = '', arguments: shown = null } = approval;
  const { required, roles, users, allow_self, expires_seconds = null } = approval;
  return from(resolve({ title, description, arguments: shown }), (asked: object) => ({
    type: 'approval',
    approval_id: id('approval'),
    terms: { ...asked, required, roles, users, allow_self },
    expires_seconds,
  }));
}

function signal({ signal: { name, correlation } }: Asked<'signal'>, resolve: Resolve): Result {
  return from(resolve({ correlation: correlation ?? null }), (asked: { correlation: unknown }) => {
    const plain = ['number', 'boolean'].includes(typeof asked.correlation);
    return { type: 'signal', name, correlation: plain ? String(asked.correlation) : asked.correlation };
  });
}

function timer({ timer }: Asked<'timer'>, resolve: Resolve, at: string): Result {
  return from(resolve(present({ ...timer })), ({ seconds, until }: { seconds?: unknown; until?: unknown }) => {
    if (until === undefined) {
      if (typeof seconds !== 'number' || seconds < 0 || seconds > MAX_WAIT_SECONDS)
        return failed('timer/seconds', `it must be a number from 0 to ${MAX_WAIT_SECONDS}`);
      return { type: 'timer', due_at: addMilliseconds(at, Math.ceil(seconds * 1000)) };
    }
    const time = typeof until === 'string' ? Date.parse(until) : NaN;
    if (!(Math.abs(time) < Date.parse('9999-01-01T00:00:00Z'))) return failed('timer/until', 'it must be a time');
    return { type: 'timer', due_at: isoTime(Math.max(time, 0)) };
  });
}

function child({ workflow }: Asked<'workflow'>, resolve: Resolve, id: Ids, depth: number): Result {
  const { workflow_id, version = null, parameters } = workflow;
  if (depth + 1 > MAX_RUN_DEPTH) {
    const message = `A run must not stand below more than ${MAX_RUN_DEPTH} others`;
    return { class: 'too_deep', message };
  }
  return from(resolve({ workflow_id, parameters }), (asked: object) => ({
    type: 'workflow',
    child_run_id: id('run'),
    ...asked,
    version,
  }));
}

function webhook({ webhook }: Asked<'webhook'>, resolve: Resolve, id: Ids): Result {
  const { url, method, headers, body = null, signing_secret_id = null, expect_status = null } = webhook;
  return from(resolve({ url, headers, body }), (asked: { headers: Record<string, unknown> }) => ({
    type: 'webhook',
    request_id: id('request'),
    ...asked,
    headers: Object.fromEntries(
      Object.entries(asked.headers).map(([name, value]) => [name, typeof value === 'object' ? value : String(value)]),
    ),
    ...{ method, signing_secret_id, expect_status },
  }));
}

function map({ map: { items, limit } }: Asked<'map'>, resolve: Resolve, run: RunDocument, node: string): Result {
  const kept = run.nodes[node]?.work;
  // Tried again: what has completed of it belongs to the list as it was.
  if (kept?.type === 'map' && kept.items.some((_, index) => run.nodes[`${node}/${index}`]?.status === 'completed'))
    return { work: kept };
  return from(resolve({ items }), (asked: { items: unknown }) => {
    if (!Array.isArray(asked.items)) return failed('map/items', 'it must be a list');
    if (asked.items.length > MAX_ITEMS) return failed('map/items', `it must not have more than ${MAX_ITEMS} items`);
    if (Object.keys(run.nodes).length + asked.items.length > MAX_NODES)
      return { class: 'too_many_nodes', message: `A run must not have more than ${MAX_NODES} steps and items in all` };
    return { type: 'map', items: asked.items, limit };
  });
}

/** Without the fields that are not given. */
function present<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}
