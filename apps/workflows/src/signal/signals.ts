import type { DataOf, ResultOf, sendSignal, SignalTaker } from '@ao/contracts';
import type { CommandResult, CommandShell } from '@ao/event-log';
import { derivedId, isRejection, systemMetadata, type CommandMetadata } from '@ao/kernel';
import { NotNowError } from '../process/carrier';
import type { Runs } from '../process/runs';
import { signalKeyOf } from '../process/work';
import type { WorkStore } from '../process/work.store';
import type { Cause, Taken } from '../process/batch.plan';
import { signalAggregate } from './signal.decider';

type Sent = ResultOf<typeof sendSignal>;

export interface SignalsOptions {
  readonly shell: Pick<CommandShell, 'run'>;
  readonly runs: Pick<Runs, 'tell'>;
  readonly store: Pick<WorkStore, 'waiters'>;
}

const WAITERS = 50;

/** Signals: to a run, or to whoever waits for a name and a correlation, now or later. */
export class Signals {
  constructor(private readonly options: SignalsOptions) {}

  async send(signal: DataOf<typeof sendSignal>, metadata: CommandMetadata): Promise<CommandResult<Sent>> {
    const { run_id, name, correlation, payload, sent_by } = signal;
    const signal_id = derivedId('signal', metadata.command_id);
    if (run_id !== undefined) {
      const data = { run_id, signal_id, name, correlation: correlation ?? null, payload, sent_by };
      const sent = await this.options.runs.tell<Sent>({ type: 'Signal', data }, metadata, { payload: signal });
      return isRejection(sent) ? sent : { ...sent, result: { ...sent.result, signal_id, run_id } };
    }
    const key = signalKeyOf(name, correlation!);
    const data = { signal_id, name, correlation: correlation!, payload, sent_by };
    const kept: CommandResult<Omit<Sent, 'run_id'>> = await this.options.shell.run(
      signalAggregate,
      key,
      { type: 'KeepSignal', data, metadata },
      { payload: signal },
    );
    if (isRejection(kept)) return kept;
    const { correlation_id, command_id } = metadata;
    // Who waits for it hears of it by the log as well: this only says at once who it is.
    const taken = await this.handOut(key, { correlation_id, causation_id: command_id }).catch(() => []);
    const taker = taken.find((one) => one.signal_id === kept.result.signal_id);
    return { ...kept, result: { ...kept.result, run_id: taker?.run_id ?? null } };
  }

  /** What is kept goes to those who wait, the oldest to the longest waiting. @throws NotNowError */
  async handOut(
    key: string,
    { correlation_id, causation_id }: Cause,
  ): Promise<{ signal_id: string; run_id: string }[]> {
    const taken: { signal_id: string; run_id: string }[] = [];
    for (const waiter of await this.options.store.waiters(key, WAITERS)) {
      const command_id = derivedId('take-signal', waiter.run_id, waiter.node, waiter.attempt);
      const metadata = { ...systemMetadata('workflows', command_id), correlation_id, causation_id };
      const command = { type: 'TakeSignal' as const, data: waiter, metadata };
      const outcome: CommandResult<{ signal_id: string } | null> = await this.options.shell.run(
        signalAggregate,
        key,
        command,
      );
      if (isRejection(outcome)) throw new NotNowError(outcome.message);
      if (outcome.result) taken.push({ ...outcome.result, run_id: waiter.run_id });
    }
    return taken;
  }

  /** To the run that took it; back to the others, if that has ended. As often as it is done, it is done once. */
  async deliver(taken: Taken & Cause): Promise<void> {
    const { shell, runs } = this.options;
    const { run_id, node, attempt, correlation_id, causation_id, at: _at, ...signal } = taken;
    const { signal_id, name, correlation } = signal;
    const metadataOf = (what: string) => {
      return { ...systemMetadata('workflows', derivedId(what, signal_id, run_id)), correlation_id, causation_id };
    };
    const told = await runs.tell({ type: 'Signal', data: { run_id, ...signal } }, metadataOf('deliver-signal'));
    if (!isRejection(told)) return;
    if (told.rejection === 'unavailable') throw new NotNowError(told.message);
    const back: SignalTaker = { run_id, node, attempt };
    const returned = await shell.run(signalAggregate, signalKeyOf(name, correlation), {
      ...{ type: 'ReturnSignal', data: { ...signal, ...back } },
      metadata: metadataOf('return-signal'),
    });
    if (isRejection(returned)) throw new NotNowError(returned.message);
  }
}
