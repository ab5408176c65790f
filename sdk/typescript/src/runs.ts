import { camelKeys, snakeKeys } from './casing';
import type { CallOptions, HttpTransport, WriteOptions } from './http';
import { everyPage } from './paging';
import type { HistoryEvent, JsonObject, PriorityName, TimeLike } from './types';
import {
  waitUntilEnded,
  watchUntilEnded,
  type Going,
  type WaitOptions,
  type Watch,
  type WatchOptions,
} from './until-ended';

export type RunStatus = 'running' | 'paused' | 'compensating' | 'completed' | 'failed' | 'cancelled';
const ENDED: ReadonlySet<RunStatus> = new Set(['completed', 'failed', 'cancelled']);

interface RunHead {
  readonly id: string;
  readonly workflowId: string;
  readonly workflowName: string;
  readonly version: number;
  readonly status: RunStatus;
  readonly priority: number;
  readonly priorityName: PriorityName;
  /** What led to it. */
  readonly cause: { readonly kind: 'request' | 'trigger' | 'run' | 'fork'; readonly id: string | null };
  /** The step of the run that started it. */
  readonly parent: { readonly runId: string; readonly node: string } | null;
  readonly depth: number;
  readonly fork: { readonly runId: string; readonly from: string } | null;
  /** `<type>:<id>` */
  readonly startedBy: string | null;
  readonly failure: { readonly class: string; readonly message: string; readonly node: string | null } | null;
  /** What was to be taken back is. */
  readonly compensated: boolean;
  readonly deadline: string | null;
  readonly startedAt: string;
  readonly pausedAt: string | null;
  readonly updatedAt: string;
  readonly endedAt: string | null;
  readonly durationSeconds: number | null;
}

export interface ListedRun extends RunHead {
  /** How many steps stand where. */
  readonly steps: Readonly<Record<string, number>>;
  /** Keys of those at work, the first twenty. */
  readonly currentSteps: readonly string[];
  readonly waitingApprovals: readonly { readonly node: string; readonly approvalId: string }[];
}

export interface RunNode {
  /** `pages/3` of a step `pages`; `undo:` before it: what takes it back. */
  readonly node: string;
  readonly type: string | null;
  readonly status: 'not_started' | 'running' | 'waiting' | 'completed' | 'failed' | 'skipped' | 'cancelled';
  readonly attempts: number;
  readonly input: unknown;
  readonly output: unknown;
  /** The answer has no room left: input and output are in the run's events. */
  readonly withheld: boolean;
  readonly failure: { readonly class: string; readonly message: string } | null;
  /** Taken over from the run that this one was forked from. */
  readonly carried: boolean;
  readonly taskId: string | null;
  readonly approvalId: string | null;
  readonly childRunId: string | null;
  readonly startedAt: string | null;
  readonly timeoutAt: string | null;
  readonly retryAt: string | null;
  readonly endedAt: string | null;
}

export interface RunStep extends RunNode {
  readonly key: string;
  readonly name: string;
  readonly dependsOn: readonly string[];
  /** Branches of a parallel, items of a map: those that have begun. */
  readonly items: readonly RunNode[];
}

export interface Run<Output = unknown> extends RunHead {
  readonly parameters: JsonObject;
  readonly output: Output;
  readonly steps: readonly RunStep[];
  /** What takes steps back, in the order in which it is done. */
  readonly compensations: readonly RunNode[];
  /** Not taken by a step yet, oldest first. */
  readonly signals: readonly {
    readonly signalId: string;
    readonly name: string;
    readonly correlation: string | null;
    readonly payload: unknown;
    readonly at: string;
  }[];
}

export interface RunFilter {
  readonly workflowId?: string;
  readonly status?: RunStatus;
  /** The run whose steps started them. */
  readonly parent?: string;
  readonly startedAfter?: TimeLike;
  readonly startedBefore?: TimeLike;
}

export interface RunPage extends RunFilter {
  /** 1 to 200; default 50. */
  readonly limit?: number;
  readonly offset?: number;
}

/** What really ran. */
export interface RunGraph {
  readonly runId: string;
  readonly status: string;
  readonly nodes: readonly (JsonObject & {
    readonly id: string;
    readonly kind: string;
    readonly label: string;
    readonly status: string;
    readonly startedAt: string | null;
    readonly endedAt: string | null;
    readonly durationMs: number | null;
    /** On the critical path. */
    readonly critical: boolean;
  })[];
  /** The chain that determined when the run ended: its waits and its work add up to how long the run took. */
  readonly criticalPath: {
    readonly totalMs: number;
    readonly waitMs: number;
    readonly workMs: number;
    readonly steps: readonly object[];
  };
  readonly edges: readonly (JsonObject & { readonly from: string; readonly to: string; readonly kind: string })[];
  readonly [field: string]: unknown;
}

export interface SignalSent {
  readonly signalId: string;
  /** Who has it; null: it is kept until a run waits for it. */
  readonly runId: string | null;
  readonly receivedAt: string;
}

/** Of `runs.watch`. */
export type RunWatch<Output = unknown> = Watch<Run<Output>>;

const PATH = '/api/v1/workflows/runs';
const pathOf = (id: string, rest = '') => `${PATH}/${encodeURIComponent(id)}${rest}`;

/** `client.workflows.runs`: what workflows did, and do. */
export class RunsApi {
  constructor(private readonly http: HttpTransport) {}

  /** The newest first, a page at a time. */
  async list(page: RunPage = {}, options: CallOptions = {}): Promise<ListedRun[]> {
    const { startedAfter, startedBefore, ...rest } = page;
    const query = {
      ...(snakeKeys(rest) as Record<string, string | number>),
      started_after: timeOf(startedAfter),
      started_before: timeOf(startedBefore),
      at_least: this.http.position || undefined,
    };
    const answer = await this.http.json<object[]>({ ...options, method: 'GET', path: PATH, query });
    return answer.map((run) => headOf<ListedRun>(run));
  }

  /** All of them, page by page: `for await (const run of client.workflows.runs.iterate({ … }))`. */
  iterate(filter: RunFilter = {}, options: CallOptions = {}): AsyncGenerator<ListedRun, void, undefined> {
    return everyPage(
      (page) => this.list({ ...filter, ...page }, options),
      ({ id }) => id,
    );
  }

  /** With its steps, what each was given and gave. @throws NotFoundError */
  async get<Output = unknown>(runId: string, options: CallOptions = {}): Promise<Run<Output>> {
    const query = { at_least: this.http.position || undefined };
    return runOf(await this.http.json<object>({ ...options, method: 'GET', path: pathOf(runId), query }));
  }

  /** What really ran: every step, task, attempt, child and approval, with times and causes. @throws NotFoundError */
  async graph(runId: string, options: CallOptions = {}): Promise<RunGraph> {
    const query = { at_least: this.http.position || undefined };
    const request = { ...options, method: 'GET' as const, path: pathOf(runId, '/graph'), query };
    const graph = camelKeys<RunGraph & { nodes: object[]; edges: object[] }>(await this.http.json<object>(request));
    return {
      ...graph,
      nodes: graph.nodes.map((node) => camelKeys<RunGraph['nodes'][number]>(node)),
      criticalPath: {
        ...camelKeys<RunGraph['criticalPath']>(graph.criticalPath),
        steps: graph.criticalPath.steps.map((step) => camelKeys<object>(step)),
      },
      edges: graph.edges.map((edge) => camelKeys<RunGraph['edges'][number]>(edge)),
    };
  }

  /** Every event of the run, oldest first. @throws NotFoundError */
  async events(runId: string, options: CallOptions = {}): Promise<HistoryEvent[]> {
    const events: HistoryEvent[] = [];
    for (let from: number | null = 1; from !== null;) {
      const page: { events: object[]; next_version: number | null } = await this.http.json({
        ...{ ...options, method: 'GET', path: pathOf(runId, '/events') },
        query: { from_version: from },
      });
      for (const event of page.events) events.push(camelKeys<HistoryEvent>(event));
      from = page.next_version;
    }
    return events;
  }

  /**
   * Resolves with the run once it has ended, however it ended; goes on asking while the control plane cannot be reached.
   * @throws WaitTimeoutError, NotFoundError
   */
  wait<Output = unknown>(runId: string, options: WaitOptions = {}): Promise<Run<Output>> {
    return waitUntilEnded(this.going<Output>(runId), options);
  }

  /** Tells of the run now and whenever it changes, until it has ended or the watch is stopped. */
  watch<Output = unknown>(
    runId: string,
    changed: (run: Run<Output>) => void,
    options: WatchOptions = {},
  ): RunWatch<Output> {
    return watchUntilEnded(this.going<Output>(runId), changed, options);
  }

  /** Nothing new begins; what is at work goes on. @throws NotFoundError, ConflictError */
  pause(runId: string, reason = '', options: WriteOptions = {}): Promise<Run> {
    return this.post(runId, 'pause', { reason }, options);
  }

  /** @throws NotFoundError, ConflictError */
  resume(runId: string, options: WriteOptions = {}): Promise<Run> {
    return this.post(runId, 'resume', {}, options);
  }

  /** With what is at work: tasks, approvals, runs. What was done is taken back where its definition says how. */
  cancel(runId: string, reason = '', options: WriteOptions = {}): Promise<Run> {
    return this.post(runId, 'cancel', { reason }, options);
  }

  /**
   * Kept until a step takes it, whether one waits or not. A step that waits for a correlation takes no signal without it.
   * @throws NotFoundError, ConflictError
   */
  async signal(
    runId: string,
    name: string,
    payload: unknown = null,
    options: WriteOptions & { readonly correlation?: string } = {},
  ): Promise<SignalSent> {
    const { correlation, ...rest } = options;
    const body = { name, payload, ...snakeKeys({ correlation }) };
    return camelKeys(await this.http.json<object>({ ...rest, method: 'POST', path: pathOf(runId, '/signal'), body }));
  }

  /** One that failed or was cancelled goes on: from the steps that failed, or from one step and all that follows it. */
  retry(runId: string, options: WriteOptions & { readonly from?: string } = {}): Promise<Run> {
    const { from, ...rest } = options;
    return this.post(runId, 'retry', snakeKeys({ from }), rest);
  }

  /** A new run of the same version that takes over what does not depend on `from`; the original stays as it is. */
  fork(
    runId: string,
    { from, parameters }: { readonly from: string; readonly parameters?: JsonObject },
    options: WriteOptions = {},
  ): Promise<Run> {
    return this.post(runId, 'fork', snakeKeys({ from, parameters }), options);
  }

  private going<Output>(runId: string): Going<Run<Output>> {
    return {
      name: `run ${runId}`,
      look: (options) => this.get<Output>(runId, options),
      hasEnded: ({ status }) => ENDED.has(status),
      looksOf: ({ status, updatedAt }) => JSON.stringify([status, updatedAt]),
    };
  }

  private async post(runId: string, verb: string, body: object, options: WriteOptions): Promise<Run> {
    return runOf(await this.http.json<object>({ ...options, method: 'POST', path: pathOf(runId, `/${verb}`), body }));
  }
}

export function runOf<Output>(wire: object): Run<Output> {
  const run = headOf<Run<Output> & { steps: object[]; compensations: object[]; signals: object[] }>(wire);
  return {
    ...run,
    steps: run.steps.map((step) => {
      const shown = camelKeys<RunStep & { items: object[] }>(step);
      return { ...shown, items: shown.items.map((item) => camelKeys<RunNode>(item)) };
    }),
    compensations: run.compensations.map((node) => camelKeys<RunNode>(node)),
    signals: run.signals.map((signal) => camelKeys<Run['signals'][number]>(signal)),
  };
}

function headOf<Kind extends RunHead>(wire: object): Kind {
  const run = camelKeys<Kind & { waitingApprovals?: object[] }>(wire);
  return {
    ...run,
    parent: run.parent && camelKeys(run.parent),
    fork: run.fork && camelKeys(run.fork),
    ...(run.waitingApprovals && { waitingApprovals: run.waitingApprovals.map((each) => camelKeys(each)) }),
  };
}

function timeOf(time: TimeLike | undefined): string | undefined {
  return time instanceof Date ? time.toISOString() : time;
}
