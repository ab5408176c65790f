import type { ApprovalDocument } from '@ao/contracts';
import { LogUnavailableError, type CommandResult, type OwnedSubscription, type RecordedEvent } from '@ao/event-log';
import { derivedId, isRejection, systemMetadata } from '@ao/kernel';
import type { Timers } from '@ao/timers';
import type { PoolClient } from 'pg';
import { nextWake } from '../run/next-wake';
import type { Signals } from '../signal/signals';
import { endedTask, planOf, TASK_ENDS, type BatchPlan, type Cause, type Ending } from './batch.plan';
import { NotNowError } from './carrier';
import type { Runs } from './runs';
import { runTimer, runTimerId } from './wake-run-when-due';
import type { WorkExecutor } from './work.executor';
import type { WorkRef } from './work';
import { workTable, type EndedWork, type WorkRow, type WorkStore } from './work.store';

export interface RunSubscriptionOptions {
  readonly runs: Pick<Runs, 'tell' | 'state'>;
  readonly signals: Pick<Signals, 'deliver'>;
  readonly executor: Pick<WorkExecutor, 'takeOver' | 'stateOf' | 'recorded' | 'again'>;
  readonly timers: Pick<Timers, 'schedule' | 'cancel' | 'nudge'>;
  /**
   * The ids of the tasks for which the table has a row: never fewer, at times a few more. Of thousands of tasks a second that
   * end, only these concern a run.
   */
  readonly tasks: Set<string>;
  readonly store: Pick<WorkStore, 'tasks'>;
  readonly votesOf: (approval_id: string) => Promise<ApprovalDocument['votes']>;
  /** This process carries out what runs begin, or does so no more. */
  readonly carriesOut: (yes: boolean) => void;
}

/** What is done after the commit. That of a transaction that was rolled back may be among it: it follows from the log all the same. */
interface Effects {
  readonly rows: Map<string, Omit<WorkRow, 'state'> & { readonly state: WorkRow['state'] | null }>;
  readonly unwanted: Map<string, WorkRef>;
  readonly again: Map<string, WorkRef>;
  readonly untimed: string[];
  readonly ended: Set<string>;
  scheduled: boolean;
}

const nothing = (): Effects => ({
  rows: new Map(),
  unwanted: new Map(),
  again: new Map(),
  untimed: [],
  ended: new Set(),
  scheduled: false,
});

/**
 * What runs wait for, and what becomes of it. The table of what is to be done moves with the checkpoint; runs are told of the
 * ends of their work before that, under ids that follow from the work, so that a batch that comes again changes nothing; what is
 * to be begun or ended elsewhere is done after the commit by the executor, and after a crash by its successor.
 */
export function runSubscription(options: RunSubscriptionOptions): OwnedSubscription {
  const { runs, signals, executor, timers, tasks, store, votesOf, carriesOut } = options;
  let effects = nothing();
  /** Runs that have no timer, as far as this process knows. */
  let untimed = new Set<string>();

  async function outcomes(plan: BatchPlan, ended: readonly EndedWork[]): Promise<void> {
    const rows = new Map<string, EndedWork>(plan.ownEndings);
    for (const row of ended) rows.set(row.work_id, row);
    const told = plan.endings.flatMap((ending) => {
      const row = rows.get(ending.work_id);
      return row && row.state !== 'unwanted' ? [tell(ending, row)] : [];
    });
    const delivered = plan.taken.map((taken) => signals.deliver(taken));
    // All of them, before any failure is told: what comes after is not to overtake them.
    for (const outcome of await Promise.allSettled([...told, ...delivered]))
      if (outcome.status === 'rejected') throw transient(outcome.reason);
  }

  async function tell(ending: Ending & Cause, { run_id, node }: EndedWork): Promise<void> {
    const { work_id, correlation_id, causation_id } = ending;
    const metadata = { ...systemMetadata('workflows', derivedId('ended', work_id)), correlation_id, causation_id };
    // However it ended: the first end counts.
    const payload = { run_id, node, work_id };
    let outcome: CommandResult;
    switch (ending.kind) {
      case 'task':
        outcome = await runs.tell({ type: 'TaskEnded', data: { ...ending.told, run_id, node } }, metadata, { payload });
        break;
      case 'approval': {
        const votes = (await votesOf(work_id)).map(({ by, vote, comment, at }) => ({ by, vote, comment, at }));
        const data = { ...ending.told, run_id, node, votes };
        outcome = await runs.tell({ type: 'ApprovalEnded', data }, metadata, { payload });
        break;
      }
      case 'workflow':
        outcome = await runs.tell({ type: 'ChildEnded', data: { ...ending.told, run_id, node } }, metadata, {
          payload,
        });
    }
    if (isRejection(outcome) && outcome.rejection === 'unavailable') throw new NotNowError(outcome.message);
  }

  /** One timer per run, at the time at which it has something to do by itself. True: some are set. */
  async function setTimers({ runs: touched, newRuns }: BatchPlan, transaction: PoolClient): Promise<boolean> {
    const due = [];
    const none: string[] = [];
    for (const [run_id, version] of touched) {
      const run = await runs.state(run_id, version);
      const wake = run ? nextWake(run) : null;
      if (wake !== null) {
        untimed.delete(run_id);
        due.push(runTimer(run_id, wake));
      } else {
        effects.untimed.push(run_id);
        if (!untimed.has(run_id) && !newRuns.has(run_id)) none.push(runTimerId(run_id));
      }
    }
    await timers.schedule(transaction, due);
    await timers.cancel(transaction, none);
    return due.length > 0;
  }

  const concernsRun = (event: RecordedEvent): boolean => {
    const ended = endedTask(event);
    return ended !== undefined && tasks.has(ended);
  };

  return {
    name: 'runs',
    categories: ['run', 'task', 'approval', 'signal'],
    async activated() {
      effects = nothing();
      untimed = new Set();
      tasks.clear();
      for await (const id of store.tasks()) tasks.add(id);
      await executor.takeOver();
      carriesOut(true);
    },
    deactivated: () => carriesOut(false),
    types: { task: TASK_ENDS },
    interest: (category) => (category === 'task' && tasks.size === 0 ? 'later' : 'now'),
    // Most tasks are of no run, and of those that are only the end counts.
    passesOver: (events) => events.every((event) => event.category === 'task' && !concernsRun(event)),
    async handle(events, transaction) {
      const plan = planOf(events);
      // Before the commit: what it does not come to is asked for in vain.
      for (const { kind, work_id } of plan.begun) if (kind === 'task') tasks.add(work_id);
      const endedIds = plan.endings.map(({ work_id }) => work_id);
      const ended = await workTable.takeEnded(transaction, endedIds);
      const unwanted = await workTable.leave(transaction, plan.left);
      await outcomes(plan, ended);
      const rows = plan.begun.map((row) => ({ ...row, state: executor.stateOf(row) }));
      await workTable.add(
        transaction,
        rows.filter((row): row is WorkRow => row.state !== null),
      );
      const again = await workTable.waitAgain(transaction, plan.kept);
      if (await setTimers(plan, transaction)) effects.scheduled = true;
      for (const row of rows) effects.rows.set(row.work_id, row);
      for (const row of plan.ownEndings.values()) effects.rows.set(row.work_id, { ...row, state: null });
      for (const ref of unwanted) effects.unwanted.set(ref.work_id, ref);
      for (const ref of again) effects.again.set(ref.work_id, ref);
      for (const { work_id } of plan.endings) effects.ended.add(work_id);
    },
    committed() {
      const { rows, unwanted, again, scheduled } = effects;
      for (const row of rows.values()) executor.recorded(row);
      for (const ref of unwanted.values()) executor.recorded({ ...ref, state: 'unwanted' });
      for (const ref of again.values()) executor.again(ref);
      for (const work_id of effects.ended) tasks.delete(work_id);
      for (const run_id of effects.untimed) untimed.add(run_id);
      if (untimed.size > MOST_UNTIMED) untimed.clear();
      effects = nothing();
      if (scheduled) timers.nudge();
    },
  };
}

const MOST_UNTIMED = 50_000;

/** Whoever cannot do it now is no fault of the event: the batch comes again, as often as it takes. */
function transient(reason: unknown): unknown {
  return reason instanceof NotNowError ? new LogUnavailableError(reason.message, reason) : reason;
}
