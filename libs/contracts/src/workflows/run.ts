import { z } from 'zod';
import { event, type EventOf } from '../contract';
import { ScheduledOrder } from '../tasks/schedule';
import { Id, Json, JsonObject, Time, Word, text } from '../text';
import { ApprovalTerms } from './approval';
import { StoredDefinition } from './definition';

const CATEGORY = 'run';

export const RUN_STATUSES = ['running', 'paused', 'compensating', 'completed', 'failed', 'cancelled'] as const;
export const RunStatus = z.enum(RUN_STATUSES);
export type RunStatus = z.infer<typeof RunStatus>;
export const isEnded = (status: RunStatus): boolean =>
  status === 'completed' || status === 'failed' || status === 'cancelled';

/** Nodes of one run, those within parallels and maps counted: more are not begun. */
export const MAX_NODES = 10_000;
/** Signals that a run keeps for steps which do not wait yet. */
export const MAX_KEPT_SIGNALS = 100;

/**
 * Where in a run: a step by its key, a branch of a parallel (`fan/left`), an item of a map (`pages/3`), and the compensation of
 * any of them (`undo:pages/3`).
 */
export const NodeId = z.string().regex(/^(undo:)?[a-z][a-z0-9_]{0,62}(\/([a-z][a-z0-9_]{0,62}|\d{1,4}))?$/);

export const StepFailure = z.object({ class: Word, message: text(4_096) });
export type StepFailure = z.infer<typeof StepFailure>;

/** What led to a run. */
export const RunCause = z.object({
  kind: z.enum(['request', 'trigger', 'run', 'fork']),
  /** Of the firing of a trigger, the parent run, the run forked from. */
  id: Id.nullable(),
});

/** What a step waits for, with everything worked out: whoever carries it out needs nothing else. */
export const Work = z.discriminatedUnion('type', [
  z.object({ type: z.literal('task'), task_id: Id, order: ScheduledOrder }),
  z.object({
    type: z.literal('approval'),
    approval_id: Id,
    terms: ApprovalTerms.omit({ expires_at: true }),
    expires_seconds: z.number().nullable(),
  }),
  z.object({ type: z.literal('signal'), name: Word, correlation: text(500).nullable() }),
  z.object({ type: z.literal('timer'), due_at: Time }),
  z.object({ type: z.literal('parallel'), limit: z.int().nullable() }),
  z.object({ type: z.literal('map'), items: z.array(Json), limit: z.int() }),
  z.object({
    type: z.literal('workflow'),
    child_run_id: Id,
    workflow_id: Id,
    version: z.int().nullable(),
    parameters: JsonObject,
  }),
  z.object({
    type: z.literal('webhook'),
    /** The same at every repetition of one attempt: `webhook-id` for the receiver. */
    request_id: Id,
    url: text(2_000),
    method: Word,
    headers: z.record(z.string(), z.string()),
    body: Json,
    signing_secret_id: Id.nullable(),
    expect_status: z.array(z.int()).nullable(),
  }),
  /**
   * Compensations, one after the other, the last completed first: of what had completed when it began (`completed_as` up to
   * `through`), of these steps and what is within them; null: of all.
   */
  z.object({ type: z.literal('compensate'), steps: z.array(Word).nullable(), through: z.int() }),
]);
export type Work = z.infer<typeof Work>;
/** As events keep it. */
const StoredWork = JsonObject as unknown as z.ZodType<Work>;

const Node = z.object({ run_id: Id, node: text(200, 1) });

/** Stream `run-<uuid>`: one run of one version of a workflow. */
export const runEvents = {
  RunStarted: event(
    CATEGORY,
    'RunStarted',
    1,
    z.object({
      run_id: Id,
      workflow_id: Id,
      workflow_name: text(200, 1),
      version: z.int().min(1),
      /** Kept here, so that the run is what it began as whatever becomes of the workflow. */
      definition: StoredDefinition,
      parameters: JsonObject,
      priority: z.int().min(0).max(100),
      cause: RunCause,
      /** The step that waits for it. */
      parent: Node.nullable(),
      /** How many runs stand above it. */
      depth: z.int().min(0),
      /** Who asked, as `<type>:<id>` of an actor: the person behind a key where there is one. Null: nobody in particular. */
      started_by: text(200, 1).nullable(),
      /** The run it comes from, and the step from which it goes its own way. What it takes over follows as completed steps. */
      fork: z.object({ run_id: Id, from: text(200, 1) }).nullable(),
      deadline: Time.nullable(),
      started_at: Time,
    }),
  ),
  /** Each attempt of a node; steps that end in the same moment (conditions) only complete. */
  StepStarted: event(
    CATEGORY,
    'StepStarted',
    1,
    Node.extend({ attempt: z.int().min(1), work: StoredWork, timeout_at: Time.nullable(), at: Time }),
  ),
  /** It is tried again at `retry_at`. */
  StepAttemptFailed: event(
    CATEGORY,
    'StepAttemptFailed',
    1,
    Node.extend({ attempt: z.int(), failure: StepFailure, retry_at: Time, at: Time }),
  ),
  StepCompleted: event(
    CATEGORY,
    'StepCompleted',
    1,
    Node.extend({
      output: Json,
      /** The signal that it took. */
      signal_id: Id.optional(),
      /** Taken over from the run that this one was forked from: it was done there. */
      carried: z.literal(true).optional(),
      at: Time,
    }),
  ),
  StepFailed: event(CATEGORY, 'StepFailed', 1, Node.extend({ failure: StepFailure, at: Time })),
  StepSkipped: event(
    CATEGORY,
    'StepSkipped',
    1,
    /** Its `when` was false, it is of the branch not taken, or all it depends on were skipped. */
    Node.extend({ reason: z.enum(['when', 'branch', 'dependencies']), at: Time }),
  ),
  /** It was at work when the run stopped, or others of its container had failed. */
  StepCancelled: event(CATEGORY, 'StepCancelled', 1, Node.extend({ reason: text(500), at: Time })),
  /** Kept until a step takes it, whether one waits or not. */
  SignalReceived: event(
    CATEGORY,
    'SignalReceived',
    1,
    z.object({
      run_id: Id,
      signal_id: Id,
      name: Word,
      correlation: text(500).nullable(),
      payload: Json,
      sent_by: text(200, 1).nullable(),
      at: Time,
    }),
  ),
  /** Nothing new begins; what is at work goes on. */
  RunPaused: event(CATEGORY, 'RunPaused', 1, z.object({ run_id: Id, reason: text(500), at: Time })),
  RunResumed: event(CATEGORY, 'RunResumed', 1, z.object({ run_id: Id, at: Time })),
  /**
   * It stops: what is at work is cancelled, what was done and says how is taken back, the last completed first; then the run
   * ends as `outcome` says. A run of which there is nothing to take back and little to cancel ends without this event.
   */
  RunCompensating: event(
    CATEGORY,
    'RunCompensating',
    1,
    z.object({
      run_id: Id,
      /** How many nodes are to be taken back. */
      total: z.int().min(0),
      outcome: z.enum(['failed', 'cancelled']),
      failure: StepFailure.extend({ node: text(200, 1).nullable() }),
      at: Time,
    }),
  ),
  RunCompleted: event(CATEGORY, 'RunCompleted', 1, z.object({ run_id: Id, workflow_id: Id, output: Json, at: Time })),
  RunFailed: event(
    CATEGORY,
    'RunFailed',
    1,
    z.object({
      run_id: Id,
      workflow_id: Id,
      failure: StepFailure.extend({ node: text(200, 1).nullable() }),
      /** What was to be taken back is; false: it is not, or there was nothing. */
      compensated: z.boolean(),
      at: Time,
    }),
  ),
  RunCancelled: event(
    CATEGORY,
    'RunCancelled',
    1,
    z.object({ run_id: Id, workflow_id: Id, reason: text(500), compensated: z.boolean(), at: Time }),
  ),
  /** It had failed or was cancelled, and goes on. */
  RunRetried: event(
    CATEGORY,
    'RunRetried',
    1,
    z.object({
      run_id: Id,
      /** These steps begin anew, with all that is within them. */
      nodes: z.array(text(200, 1)),
      /** These too, but what has completed within them stays. */
      continued: z.array(text(200, 1)),
      deadline: Time.nullable(),
      at: Time,
    }),
  ),
} as const;
export type RunEvent = EventOf<typeof runEvents>;

export const NODE_STATUSES = ['running', 'waiting', 'completed', 'failed', 'skipped', 'cancelled'] as const;

/** A node that has begun; those that have not are absent. */
export interface RunNode {
  /** `waiting`: for its next attempt. */
  readonly status: (typeof NODE_STATUSES)[number];
  /** Counted through all retries of the run, for ids of tasks and requests come from it. */
  readonly attempt: number;
  /** Attempts since it began, or began anew: what its retry policy counts. */
  readonly tries: number;
  /** Of the newest attempt. */
  readonly work: Work | null;
  readonly output?: unknown;
  readonly failure?: StepFailure;
  /** The signal that it took. */
  readonly signal_id?: string;
  /** Taken over from the run that this one was forked from. */
  readonly carried?: true;
  /** Its place in the order of completion, from 1: compensations go backwards. */
  readonly completed_as?: number;
  readonly started_at: string | null;
  readonly timeout_at: string | null;
  readonly retry_at: string | null;
  readonly ended_at: string | null;
}

export interface RunSignal {
  readonly signal_id: string;
  readonly name: string;
  readonly correlation: string | null;
  readonly payload: unknown;
  readonly at: string;
}

export type RunFailure = StepFailure & { readonly node: string | null };

/** All of a run: what the decider decides by, and what one run is shown as. */
export interface RunDocument extends RunStarted {
  readonly status: RunStatus;
  readonly nodes: Readonly<Record<string, RunNode>>;
  /** Not taken by a step yet, oldest first. */
  readonly signals: readonly RunSignal[];
  readonly completed_count: number;
  /**
   * Why it stops or stopped, and what it ends as after that; `failed` is the compensation that failed. What completed after
   * `since` takes back.
   */
  readonly compensating: {
    readonly total: number;
    readonly outcome: 'failed' | 'cancelled';
    readonly failure: RunFailure;
    readonly since: number;
    readonly failed: string | null;
  } | null;
  readonly output: unknown;
  readonly failure: RunFailure | null;
  readonly compensated: boolean;
  readonly paused_at: string | null;
  readonly updated_at: string;
  readonly ended_at: string | null;
}

type RunStarted = Extract<RunEvent, { type: 'RunStarted' }>['data'];
