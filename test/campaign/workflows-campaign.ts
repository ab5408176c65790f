import { NonRetryableError, Worker } from '@agent-orchestration/sdk';
import { inboxPrefixOf } from '@ao/messaging';
import { seededRandom } from '@ao/routing/testing';
import { eventually, startService, type StartedService } from '@ao/testing';
import { Installation } from '../installation.fixture';
import { WorkflowsClient } from '../workflow.fixture';
import { runViolations, type Check, type Violation } from './run-history.checks';
import { RunLog } from './run-log';
import { CHILD, SHAPES, square, TASK_TYPE } from './run-shapes';
import { RunStarters } from './run-starters';

/** `standby`: a second replica of workflows. `postgres`: immediate shutdown, as a crash. */
export const RUN_FAULTS = ['workflows', 'postgres', 'standby', 'tasks', 'postgres', 'nats', 'gateway'] as const;
type RunFault = (typeof RUN_FAULTS)[number];

export interface WorkflowsCampaignOptions {
  readonly runs: number;
  readonly seed: number;
  readonly faults: number;
  /** From one fault to the next at the earliest, in milliseconds: Postgres comes up in between. */
  readonly pauseMs?: number;
  readonly report: (line: object) => void;
}

export interface WorkflowsCampaignResult {
  readonly faults: number;
  readonly runs: number;
  readonly tasks: number;
  readonly ended: Readonly<Partial<Record<string, number>>>;
  readonly audit: string;
  readonly violated: Readonly<Partial<Record<Check, number>>>;
  readonly violations: readonly Violation[];
}

const WORKERS = 3;
const PATIENCE_MS = 180_000;

/** `npm start` and one more replica of workflows, while one process after the other dies and Postgres crashes again and again. */
export async function workflowsCampaign(options: WorkflowsCampaignOptions): Promise<WorkflowsCampaignResult> {
  const { runs, seed } = options;
  const installation = new Installation();
  const undo: (() => Promise<unknown>)[] = [() => installation.stop()];
  try {
    const access = await installation.start({ LOG_LEVEL: 'error' });
    const log = new RunLog(installation.databaseUrl());
    undo.push(() => log.close());
    const standby = new Standby(installation.environmentOf('workflows'));
    await standby.start();
    undo.push(() => standby.stop());
    undo.push(await startWorkers(access));
    const client = await clientOf(installation, log);
    undo.push(() => client.stop());
    const workflows = await createShapes(client);
    const starters = new RunStarters({ client, workflows, random: seededRandom(seed + 1) });
    undo.push(() => starters.stop());
    await underFaults(options, starters, installation, standby);
    await answered(starters, runs);
    return await judged(options, starters, log, installation);
  } catch (error) {
    if (error instanceof Error) error.message += `\n${installation.log()}`;
    throw error;
  } finally {
    for (const end of undo.reverse()) await end();
  }
}

/** Each fault strikes in the middle of its share of the runs. */
async function underFaults(
  { runs, seed, faults, pauseMs = 0, report }: WorkflowsCampaignOptions,
  starters: RunStarters,
  installation: Installation,
  standby: Standby,
): Promise<void> {
  const random = seededRandom(seed);
  const share = Math.floor(runs / (faults + 1));
  for (let index = 0; index < faults; index += 1) {
    const begun = performance.now();
    starters.allow(share);
    await answered(starters, index * share + Math.floor(share * random()));
    const target: RunFault = RUN_FAULTS[index % RUN_FAULTS.length]!;
    if (target === 'standby') await standby.restart();
    else await installation.kill(target, target === 'postgres' ? 'SIGQUIT' : 'SIGKILL');
    report({ fault: `${index + 1}/${faults}`, target, answered: starters.answered });
    const left = pauseMs - (performance.now() - begun);
    if (left > 0) await new Promise((resolve) => setTimeout(resolve, left));
  }
  starters.allow(runs - faults * share);
}

function answered(starters: RunStarters, count: number): Promise<void> {
  return eventually(
    () => {
      if (starters.answered < count) throw new Error(`${starters.answered} of ${count} starts were answered`);
    },
    { timeoutMs: PATIENCE_MS },
  );
}

async function judged(
  { runs, faults }: WorkflowsCampaignOptions,
  starters: RunStarters,
  log: RunLog,
  installation: Installation,
): Promise<WorkflowsCampaignResult> {
  const patience = { timeoutMs: PATIENCE_MS, intervalMs: 250 };
  const quiet = async () => {
    const open = await log.open();
    const left = open === 0 ? await log.leftOver() : [`${open} runs`];
    if (left.length > 0) throw new Error(left.join());
  };
  // Or the time is up: then the checks say what is open.
  await eventually(quiet, patience).catch(() => undefined);
  const events = await log.events();
  const left = (await log.leftOver()).map((why): Violation => ({ check: 'left_over', run: '', why }));
  const violations = [...runViolations(starters.journal, events), ...left];
  return {
    ...{ faults, runs },
    tasks: events.filter(({ type }) => type === 'TaskSubmitted').length,
    ended: counted(events.filter(({ type }) => /^Run(Completed|Failed|Cancelled)$/.test(type)).map(({ type }) => type)),
    audit: (await installation.audit()).includes('chain verified') ? 'chain verified' : 'chain broken',
    violated: counted(violations.map(({ check }) => check)),
    violations: violations.slice(0, 20),
  };
}

/** The replica that the launcher does not supervise. */
class Standby {
  private service: StartedService | undefined;
  private readonly env: Readonly<Record<string, string>>;

  constructor({ HEALTH_PORT: _own, ...env }: Readonly<Record<string, string>>) {
    this.env = env;
  }

  async start(): Promise<void> {
    this.service = await startService('workflows', this.env);
    await this.service.ready(60_000);
  }

  async restart(): Promise<void> {
    await this.stop();
    this.service = await startService('workflows', this.env);
  }

  async stop(): Promise<void> {
    await this.service?.kill();
  }
}

async function clientOf(installation: Installation, log: RunLog): Promise<WorkflowsClient> {
  const {
    NATS_URL: natsUrl = '',
    NATS_USER: user = '',
    NATS_PASSWORD: password = '',
  } = installation.environmentOf('gateway');
  return WorkflowsClient.connect(
    { natsUrl, credentials: { user, password, inboxPrefix: inboxPrefixOf('gateway') } },
    () => log.pool,
  );
}

async function createShapes(client: WorkflowsClient): Promise<Map<string, string>> {
  const child = await client.workflow(CHILD);
  const workflows = new Map<string, string>();
  for (const { name, steps } of SHAPES) workflows.set(name, await client.workflow(steps(child)));
  return workflows;
}

async function startWorkers(access: {
  readonly url: string;
  readonly apiKey: string;
}): Promise<() => Promise<unknown>> {
  const workers = Array.from(
    { length: WORKERS },
    (_, index) =>
      new Worker({
        ...{ baseUrl: access.url, apiKey: access.apiKey, agentId: `squarer-${index + 1}`, agentType: 'worker' },
        ...{ capabilities: [TASK_TYPE], concurrency: 32, heartbeatIntervalSeconds: 2 },
        reconnect: { baseMs: 50, capMs: 1_000 },
        handler: ({ payload, attempt }) => {
          if (payload.fails === 'always') throw new NonRetryableError('this one cannot be done');
          if (payload.fails === 'first' && attempt === 1) throw new Error('the first attempt at this one fails');
          return square(Number(payload.n));
        },
      }),
  );
  for (const worker of workers) await worker.start();
  return () => Promise.all(workers.map((worker) => worker.stop({ graceMs: 1_000 })));
}

function counted<Word extends string>(words: readonly Word[]): Partial<Record<Word, number>> {
  const counts: Partial<Record<Word, number>> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}
