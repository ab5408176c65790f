import { createOutbound, type Outbound } from '@ao/outbound';
import { approvalAggregate } from '../approval/approval.decider';
import type { Approvals } from '../approval/approvals';
import type { Part, PartDependencies } from '../part';
import { Signals } from '../signal/signals';
import { approvalCarrier } from './approval.carrier';
import { childCarrier } from './child.carrier';
import { Definitions } from './definitions';
import { runSubscription } from './run.subscription';
import { Runs } from './runs';
import { signalCarrier } from './signal.carrier';
import { RunStarter } from './start-run';
import { taskCarrier } from './task.carrier';
import { RUN_WAKE, wakeRunWhenDue } from './wake-run-when-due';
import { MAX_ANSWER_BYTES, webhookCarrier } from './webhook.carrier';
import { WorkExecutor } from './work.executor';
import { WorkStore } from './work.store';

export interface RunPart extends Part {
  readonly runs: Runs;
  readonly starter: RunStarter;
  readonly signals: Signals;
}

export type RunPartDependencies = PartDependencies & {
  readonly approvals: Approvals;
  /** Default: one that obeys ALLOW_PRIVATE_WEBHOOKS. */
  readonly outbound?: Outbound;
};

/** Runs of workflows: what their steps ask of others is carried out, and what becomes of it is told to them. */
export function createRuns(dependencies: RunPartDependencies): RunPart {
  const { pool, log, shell, commands, clock, logger, config, timers, approvals } = dependencies;
  const outbound =
    dependencies.outbound ??
    createOutbound({ allowPrivate: config.ALLOW_PRIVATE_WEBHOOKS, maxResponseBytes: MAX_ANSWER_BYTES });
  const store = new WorkStore(pool);
  const tasks = new Set<string>();
  let carriesOut = false;
  const runs = new Runs({ shell, carriesOut: () => carriesOut, begin: (work) => executor.begin(work) });
  const starter = new RunStarter(new Definitions(log), runs);
  const signals = new Signals({ shell, runs, store });
  const executor = new WorkExecutor({
    ...{ store, runs, logger },
    removed: (workIds) => {
      for (const id of workIds) tasks.delete(id);
    },
    carriers: {
      task: taskCarrier(commands, runs),
      approval: approvalCarrier(approvals, runs),
      workflow: childCarrier(starter, runs),
      webhook: webhookCarrier({ outbound, commands, runs, clock }),
      signal: signalCarrier(signals),
    },
  });

  async function votesOf(approval_id: string) {
    return (await shell.state(approvalAggregate, approval_id, { fresh: true })).state?.votes ?? [];
  }

  return {
    ...{ runs, starter, signals },
    subscriptions: [
      runSubscription({
        ...{ runs, signals, executor, timers, tasks, store, votesOf },
        carriesOut: (yes) => void (carriesOut = yes),
      }),
    ],
    timers: { [RUN_WAKE]: wakeRunWhenDue({ runs, clock, pool, timers }) },
    async stop() {
      await executor.stop();
      await outbound.close();
    },
  };
}
