import { pause } from '@ao/event-log';
import type { Logger } from '@ao/platform';
import type { Begun, Carrier, Carriers } from './carrier';
import { createLanes } from './lanes';
import type { Runs } from './runs';
import type { WorkKind, WorkRef } from './work';
import type { WorkRow, WorkStore } from './work.store';

export interface WorkExecutorOptions {
  readonly store: Pick<WorkStore, 'markOpen' | 'remove' | 'toDo'>;
  readonly runs: Pick<Runs, 'state' | 'freshState'>;
  readonly carriers: Carriers;
  /** These do not stand in the table any more, although the log tells of no end. */
  readonly removed: (workIds: readonly string[]) => void;
  readonly logger: Pick<Logger, 'warn'>;
}

interface Job {
  readonly ref: WorkRef;
  readonly ended: AbortController;
  phase: 'beginning' | Begun | 'ending';
  /** It stands in the table: what becomes of it is to be written there. */
  recorded: boolean;
  /** The step does not wait for it any more. */
  unwanted: boolean;
  /** Something has come since it was begun: it is begun again. */
  again: boolean;
}

/** At work at the same time; webhooks see to theirs themselves. */
const AT_WORK: Readonly<Record<WorkKind, number>> = {
  task: 512,
  approval: 64,
  workflow: 128,
  signal: 128,
  webhook: Number.POSITIVE_INFINITY,
};
/** What becomes of work is written together. */
const WRITE_MS = 20;
const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 5_000;
/** After that no beginning that another process sent can be on its way any more. */
const SETTLED_MS = 10_000;
/** Begun, and never seen in the log by this process: it is not the one that follows it any more. */
const MOST_JOBS = 100_000;
const STOP_MS = 5_000;

/**
 * Begins and ends what runs ask others for. What is to be done stands in `workflows.run_work`; this is the memory of the process
 * that does it, in which each work is done by one hand at a time.
 */
export class WorkExecutor {
  private readonly jobs = new Map<string, Job>();
  private readonly lanes = new Map<WorkKind, ReturnType<typeof createLanes>>();
  private readonly atWork = new Set<Promise<void>>();
  private readonly stopped = new AbortController();
  private opened: string[] = [];
  private gone: string[] = [];
  private writing: NodeJS.Timeout | undefined;
  private written: Promise<void> = Promise.resolve();

  constructor(private readonly options: WorkExecutorOptions) {
    for (const [kind, most] of Object.entries(AT_WORK)) this.lanes.set(kind as WorkKind, createLanes(most, most));
  }

  /** Takes over: what another process may have left undone. */
  async takeOver(): Promise<void> {
    for (const [id, { phase }] of this.jobs) if (phase === 'open' || phase === 'over') this.jobs.delete(id);
    for await (const row of this.options.store.toDo()) this.recorded(row);
  }

  /** How the table is to have it: null, not at all. */
  stateOf(row: WorkRow): WorkRow['state'] | null {
    const job = this.jobs.get(row.work_id);
    if (row.state === 'unwanted' || !job) return row.state;
    if (job.phase === 'over') return null;
    return job.phase === 'open' ? 'open' : row.state;
  }

  /** Begins it, unless that has happened. */
  begin(ref: WorkRef): void {
    if (this.stopped.signal.aborted || this.jobs.has(ref.work_id)) return;
    this.work(this.job(ref, 'beginning'), (job) => this.carryOut(job));
  }

  /** The table has it so, by a transaction that is committed. */
  recorded(
    row: Omit<WorkRow, 'signal_key' | 'position' | 'state'> & { readonly state: WorkRow['state'] | null },
  ): void {
    if (row.state === 'unwanted') return this.end(row);
    if (row.state !== 'wanted') return void this.jobs.delete(row.work_id);
    this.begin(row);
    const job = this.jobs.get(row.work_id);
    if (!job) return;
    job.recorded = true;
    if (job.phase !== 'beginning') this.settle(job);
  }

  /** Of one who waits for a signal, which may have come; the table says so. */
  again(ref: WorkRef): void {
    const known = this.jobs.get(ref.work_id);
    if (known?.phase === 'beginning') known.again = true;
    else this.jobs.delete(ref.work_id);
    this.recorded({ ...ref, state: 'wanted' });
  }

  /** The step does not wait for it any more; the table says so. */
  private end(ref: WorkRef): void {
    if (this.stopped.signal.aborted) return;
    const known = this.jobs.get(ref.work_id);
    if (known?.unwanted) return;
    const job = known ?? this.job(ref, 'open');
    job.recorded = true;
    if (job.phase === 'over') return this.settle(job);
    job.unwanted = true;
    job.ended.abort();
    // What is being begun is ended by the same hand, after that.
    if (job.phase !== 'beginning') this.work(job, () => this.finish(job));
  }

  /** Finishes what is in hand, within some seconds; what is left stands in the table. */
  async stop(): Promise<void> {
    this.stopped.abort();
    for (const { ref, ended } of this.jobs.values()) if (ref.kind === 'webhook') ended.abort();
    const late = new AbortController();
    await Promise.race([Promise.all(this.atWork), pause(STOP_MS, late.signal)]);
    late.abort();
    clearTimeout(this.writing);
    this.write();
    await this.written;
  }

  private job(ref: WorkRef, phase: Job['phase']): Job {
    if (this.jobs.size >= MOST_JOBS) this.forgetSome();
    const job: Job = { ref, ended: new AbortController(), phase, recorded: false, unwanted: false, again: false };
    this.jobs.set(ref.work_id, job);
    return job;
  }

  private work(job: Job, hand: (job: Job) => Promise<void>): void {
    const { kind, work_id } = job.ref;
    const done = this.lanes
      .get(kind)!
      .run(kind, () => hand(job))
      .catch((err: unknown) => this.options.logger.warn({ err, kind, work_id }, 'a step cannot be carried out'))
      .finally(() => this.atWork.delete(done));
    this.atWork.add(done);
  }

  private async carryOut(job: Job): Promise<void> {
    for (let failures = 0; !job.unwanted && !this.stopped.signal.aborted;) {
      try {
        job.again = false;
        const begun = await this.beginOnce(job);
        if (job.again) continue;
        if (job.unwanted) break;
        job.phase = begun;
        return this.settle(job);
      } catch (err) {
        if (!job.ended.signal.aborted) await this.rest(job, err, failures);
        failures += 1;
      }
    }
    if (job.unwanted) await this.finish(job);
  }

  private async beginOnce({ ref, ended }: Job): Promise<Begun> {
    const { runs, carriers } = this.options;
    const { run_id, node: name, attempt, kind } = ref;
    let run = await runs.state(run_id);
    if ((run?.nodes[name]?.attempt ?? 0) < attempt) run = await runs.freshState(run_id);
    const node = run?.nodes[name];
    // It has gone on meanwhile, and the log says how: what another process may have begun is ended then.
    if (!run || node?.status !== 'running' || node.attempt !== attempt || node.work?.type !== kind)
      return kind === 'webhook' ? 'over' : 'open';
    return (carriers[kind] as Carrier).begin(ref, node.work, run, ended.signal);
  }

  /** `unknown`: it was not there when it was looked for first. */
  private async finish(job: Job, unknown = false): Promise<void> {
    const { ref } = job;
    job.phase = 'ending';
    for (let failures = 0; !this.stopped.signal.aborted; failures += 1) {
      try {
        const ended = await this.options.carriers[ref.kind].end(ref, `step '${ref.node}' of its run waits no more`);
        if (ended === 'ended' || unknown) return this.remove(job);
        // In no lane meanwhile: this is seldom, and nobody waits for it.
        const later = () => !this.stopped.signal.aborted && this.work(job, () => this.finish(job, true));
        setTimeout(later, SETTLED_MS).unref();
        return;
      } catch (err) {
        await this.rest(job, err, failures);
      }
    }
  }

  private async rest({ ref, ended }: Job, err: unknown, failures: number): Promise<void> {
    const { kind, work_id } = ref;
    if (failures % 10 === 0) this.options.logger.warn({ err, kind, work_id }, 'a step is carried out again');
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(failures, 10)) * (0.5 + Math.random() / 2);
    // Once it is to be ended, only the end of the process cuts that short.
    const { signal } = ended.signal.aborted ? this.stopped : ended;
    await pause(wait, signal === ended.signal ? AbortSignal.any([signal, this.stopped.signal]) : signal);
  }

  /** Begun. What the log has told of it already is written; the rest is, once it tells. */
  private settle(job: Job): void {
    if (!job.recorded || job.unwanted) return;
    if (job.phase === 'over') return this.remove(job);
    this.jobs.delete(job.ref.work_id);
    this.opened.push(job.ref.work_id);
    this.writeSoon();
  }

  private remove({ ref }: Job): void {
    this.gone.push(ref.work_id);
    this.writeSoon();
  }

  private writeSoon(): void {
    this.writing ??= setTimeout(() => {
      this.writing = undefined;
      this.write();
    }, WRITE_MS);
  }

  /** What fails stands as it was: it is done again by whoever takes over, which changes nothing. */
  private write(): void {
    const { opened, gone } = this;
    this.opened = [];
    this.gone = [];
    if (opened.length === 0 && gone.length === 0) return;
    this.written = this.written.then(async () => {
      try {
        if (opened.length > 0) await this.options.store.markOpen(opened);
        const left = new Set(gone.length > 0 ? await this.options.store.remove(gone) : []);
        const removed = gone.filter((id) => !left.has(id));
        for (const id of removed) this.jobs.delete(id);
        this.options.removed(removed);
        this.gone.push(...left);
      } catch (err) {
        this.options.logger.warn({ err }, 'what became of steps is not written yet');
        this.opened.push(...opened);
        this.gone.push(...gone);
      }
      if (!this.stopped.signal.aborted && (this.opened.length > 0 || this.gone.length > 0)) this.writeSoon();
    });
  }

  private forgetSome(): void {
    for (const [id, { phase }] of this.jobs) {
      if (phase === 'open' || phase === 'over') this.jobs.delete(id);
      if (this.jobs.size < MOST_JOBS / 2) return;
    }
  }
}
