import type { RunDocument, RunEvent } from '@ao/contracts';
import type { Aggregate, CommandResult, CommandShell } from '@ao/event-log';
import { derivedId, isRejection, systemMetadata, type CommandMetadata } from '@ao/kernel';
import { nextWake } from '../run/next-wake';
import { runAggregate } from '../run/run.aggregate';
import type { RunCommand } from '../run/run.commands';
import { outsideOf, type WorkRef } from './work';

type Asked<C extends RunCommand = RunCommand> = C extends RunCommand ? Pick<C, 'type' | 'data'> : never;

export interface TellOptions {
  /** What the sender asked for, see `CommandShell.run`. */
  readonly payload?: unknown;
  readonly isNew?: boolean;
}

export interface RunsOptions {
  readonly shell: Pick<CommandShell, 'run' | 'state'>;
  /** Whether this process carries out what runs begin; if not, whoever does finds it in the log. */
  readonly carriesOut: () => boolean;
  readonly begin: (work: WorkRef) => void;
}

/** The one way of commands to runs. What they begin is begun at once, without the way through the log and back. */
export class Runs {
  constructor(private readonly options: RunsOptions) {}

  async tell<Result = unknown>(
    { type, data }: Asked,
    metadata: CommandMetadata,
    options: TellOptions = {},
  ): Promise<CommandResult<Result>> {
    const { shell } = this.options;
    let decided: readonly RunEvent[] = [];
    const watched: Aggregate<RunDocument | undefined, RunCommand, RunEvent> = {
      ...runAggregate,
      decider: {
        ...runAggregate.decider,
        decide(command, state) {
          const decision = runAggregate.decider.decide(command, state);
          decided = isRejection(decision) ? [] : decision.events;
          return decision;
        },
      },
    };
    const result = await shell.run(watched, data.run_id, { type, data, metadata } as RunCommand, options);
    if (!isRejection(result) && decided.length > 0) await this.goOn(data.run_id, decided, result.position, metadata);
    return result as CommandResult<Result>;
  }

  /** The run as this process knows it; `atLeast`: no older than this version of its stream. */
  async state(run_id: string, atLeast = 0): Promise<RunDocument | undefined> {
    const { shell } = this.options;
    const known = await shell.state(runAggregate, run_id);
    return known.version >= atLeast ? known.state : (await shell.state(runAggregate, run_id, { fresh: true })).state;
  }

  async freshState(run_id: string): Promise<RunDocument | undefined> {
    return (await this.options.shell.state(runAggregate, run_id, { fresh: true })).state;
  }

  /**
   * What was decided may not be what is in the log, where the command was carried out before: what began is only taken from
   * the run's state. The rest is found by the subscription.
   */
  private async goOn(
    run_id: string,
    decided: readonly RunEvent[],
    position: number,
    { correlation_id }: CommandMetadata,
  ): Promise<void> {
    const { carriesOut, begin } = this.options;
    if (!carriesOut()) return;
    const run = await this.state(run_id);
    if (!run) return;
    for (const [index, event] of decided.entries()) {
      if (event.type !== 'StepStarted') continue;
      const { node, attempt, at, work } = event.data;
      const now = run.nodes[node];
      if (now?.status !== 'running' || now.attempt !== attempt || now.started_at !== at) continue;
      const outside = outsideOf(work, { run_id, node, attempt });
      // Who waits for a signal is found by the table alone.
      if (!outside || outside.kind === 'signal') continue;
      const causation_id = `run@${position - (decided.length - 1 - index)}`;
      begin({ work_id: outside.work_id, kind: outside.kind, run_id, node, attempt, correlation_id, causation_id });
    }
    // A large decision comes in portions.
    const wake = nextWake(run);
    if (wake === null || wake > run.updated_at) return;
    const command_id = derivedId('next-portion', run_id, position);
    const metadata = { ...systemMetadata('workflows', command_id), correlation_id, causation_id: `run@${position}` };
    // If it comes to nothing, the timer finds it.
    this.tell({ type: 'Wake', data: { run_id } }, metadata).catch(() => undefined);
  }
}
