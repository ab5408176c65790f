import { seededRandom } from '@ao/routing/testing';
import { eventually } from '@ao/testing';
import { Installation } from '../installation.fixture';
import { Agents } from './agents';
import { faultPlan } from './fault-plan';
import { isEnd, violationsOf, type Check, type Submission, type Violation } from './history.checks';
import { inject, type Ground } from './injector';
import { Submitters } from './submitters';
import { TaskLog } from './task-log';

export interface TasksCampaignOptions {
  readonly tasks: number;
  readonly seed: number;
  readonly faults: number;
  readonly longestFreezeMs: number;
  /** A line per fault. */
  readonly report: (line: object) => void;
  /** Each answer to a submitter, at once. */
  readonly noted?: (submission: Submission) => void;
}

export interface TasksCampaignResult {
  readonly faults: number;
  readonly acknowledged: number;
  readonly unknown: number;
  /** Tasks by the type of their last end. */
  readonly ended: Readonly<Partial<Record<string, number>>>;
  /** Leases that ended without a word of their agent, and outcomes of zombies that were refused. */
  readonly leases_expired: number;
  readonly zombies_refused: number;
  /** How often the dispatch pool was taken. */
  readonly epochs: number;
  readonly audit: string;
  readonly violated: Readonly<Partial<Record<Check, number>>>;
  readonly violations: readonly Violation[];
}

const AGENTS = 6;
const LEASE_SECONDS = 4;
/** For the last tasks, once the last fault is healed. */
const QUIET_MS = 180_000;

/** `npm start` with two replicas of tasks under load while one process after the other dies, hangs or restarts. */
export async function tasksCampaign(options: TasksCampaignOptions): Promise<TasksCampaignResult> {
  const { seed, noted = () => undefined } = options;
  const installation = new Installation();
  const undo: (() => Promise<void>)[] = [() => installation.stop()];
  try {
    const access = await installation.start({ TASKS_REPLICAS: '2', LOG_LEVEL: 'error' });
    const log = new TaskLog(installation.databaseUrl());
    undo.push(() => log.close());
    const agents = await Agents.start(AGENTS, access);
    undo.push(() => agents.stop());
    const submitters = new Submitters({ ...access, seed, leaseSeconds: LEASE_SECONDS, noted });
    undo.push(() => submitters.stop());
    const ground = { installation, agents, log, random: seededRandom(seed + 1), agentCount: AGENTS };
    await underFaults(options, submitters, ground);
    await allEnded(log);
    return await judged(options, submitters.journal, ground);
  } catch (error) {
    if (error instanceof Error) error.message += `\n${installation.log()}`;
    throw error;
  } finally {
    for (const end of undo.reverse()) await end();
  }
}

/** Each fault strikes in the middle of its share of the tasks, and the next one when all of that share are answered. */
async function underFaults(options: TasksCampaignOptions, submitters: Submitters, ground: Ground): Promise<void> {
  const { tasks, seed, faults, longestFreezeMs, report } = options;
  const plan = faultPlan({ seed, faults, longestFreezeMs, leaseMs: LEASE_SECONDS * 1_000 });
  const share = Math.floor(tasks / (plan.length + 1));
  for (const [index, fault] of plan.entries()) {
    submitters.allow(share);
    await submitters.answered(index * share + Math.floor(share / 2));
    const injected = await inject(fault, ground);
    await submitters.answered((index + 1) * share);
    const { kind, target } = fault;
    report({ fault: `${index + 1}/${plan.length}`, kind, target, ...injected, answered: submitters.journal.length });
  }
  submitters.allow(tasks - plan.length * share);
  await submitters.answered(tasks);
}

/** Or the time is up: then the checks say what is open. */
async function allEnded(log: TaskLog): Promise<void> {
  await eventually(
    async () => {
      const open = await log.open();
      if (open > 0) throw new Error(`${open} tasks are open`);
    },
    { timeoutMs: QUIET_MS, intervalMs: 250 },
  ).catch(() => undefined);
}

async function judged(
  { faults }: TasksCampaignOptions,
  journal: readonly Submission[],
  { log, agents, installation }: Ground,
): Promise<TasksCampaignResult> {
  const events = await log.taskEvents();
  const violations = violationsOf(journal, events);
  const of = (outcome: Submission['outcome']) => journal.filter((submission) => submission.outcome === outcome).length;
  return {
    faults,
    acknowledged: of('acknowledged'),
    unknown: of('unknown'),
    ended: counted(events.filter(isEnd).map(({ type }) => type)),
    leases_expired: events.filter(({ type }) => type === 'TaskLeaseExpired').length,
    zombies_refused: agents.refused,
    epochs: await log.epoch(),
    audit: (await installation.audit()).includes('chain verified') ? 'chain verified' : 'chain broken',
    violated: counted(violations.map(({ check }) => check)),
    violations: violations.slice(0, 20),
  };
}

function counted<Word extends string>(words: readonly Word[]): Partial<Record<Word, number>> {
  const counts: Partial<Record<Word, number>> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}
