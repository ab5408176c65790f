import { setMaxListeners } from 'node:events';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { Client, type Run } from '@agent-orchestration/sdk';
import { readSettings } from '../apps/launcher/src/settings';
import { startStack, type Stack } from '../apps/launcher/src/stack';
import { approve } from './approver';
import { verifyAudit } from './audit';
import { conduct } from './conductor';
import { freshDataFolder, removeDataFolder } from './data-folder';
import { DemoError, findFiles, type FoundFile } from './documents';
import { Fleet, fleetFor } from './fleet';
import { STEPS, type StepKey } from './index-workflow';
import { Killing } from './killing';
import type { DemoOptions } from './options';
import { gatherIndex } from './report/gather-index';
import { gatherWork } from './report/gather-work';
import { takenOver } from './report/summary';
import { approvalText } from './screen/approval';
import { Progress } from './screen/progress';
import { agentsOf, runTree } from './screen/run-tree';
import { printable } from './screen/table';
import { resultTable } from './screen/results';
import { killedFile, writeJson, type RunIndex } from './work-folder';

export interface DemoSurroundings {
  /** The project's folder. */
  readonly root: string;
  /** Aborts when the person has enough. */
  readonly signal: AbortSignal;
  /** Is given what ends everything at once, for the second Ctrl-C. */
  readonly onHurry: (end: () => void) => void;
}

/** Settings of an installation of one's own would lead the demo into somebody's data. */
const NOT_INHERITED = ['DATABASE_URL', 'MIGRATE_DATABASE_URL', 'NATS_URL', 'BOOTSTRAP_API_KEY', 'HEALTH_PORT'];

/**
 * The whole demo: starts everything, lets the fleet index the folder, kills an agent on the way, shows what came of it
 * and has the log verified. Whatever happens, no process and no data is left.
 */
export async function runDemo(options: DemoOptions, { root, signal, onHurry }: DemoSurroundings): Promise<void> {
  const progress = new Progress(process.stdout);
  const undo: (() => Promise<unknown>)[] = [];
  try {
    const found = await findFiles(options.folder);
    if (found.files.length === 0) throw new DemoError(`There is no file in '${options.folder}'`);

    const startedAt = performance.now();
    progress.say('Starting Postgres, NATS and the services of a fresh installation …');
    const { stack, lines } = await startEverything(root, signal, undo);
    onHurry(() => void stack.kill().finally(() => process.exit(130)));
    progress.say(`  ready after ${seconds(performance.now() - startedAt)}: ${stack.url}`);

    let runId: string;
    try {
      runId = await index(options, found, stack, progress, signal, undo);
    } catch (error) {
      if (!signal.aborted) showLastLines(lines);
      throw error;
    }
    if (options.keep) await keep(stack, runId, signal);
  } finally {
    progress.finish();
    for (const end of undo.reverse()) await end().catch(() => undefined);
  }
}

async function startEverything(root: string, signal: AbortSignal, undo: (() => Promise<unknown>)[]) {
  const dataDir = await freshDataFolder(root);
  undo.push(() => removeDataFolder(dataDir));
  const lines: string[] = [];
  const env = {
    LOG_LEVEL: 'warn',
    ...process.env,
    DATA_DIR: dataDir,
    COMPAT_PORTS: '0',
    AGENT_TLS_PORT: '0',
    TASKS_REPLICAS: '2',
    WORKFLOWS_REPLICAS: '2',
  };
  for (const name of NOT_INHERITED) delete env[name as keyof typeof env];
  const stack = await startStack({
    settings: readSettings(env),
    env,
    takenPort: 'another',
    signal,
    say: (name, line) => {
      lines.push(`${name}: ${line}`);
      if (lines.length > 40) lines.shift();
    },
  });
  undo.push(() => stack.stop());
  return { stack, lines };
}

async function index(
  options: DemoOptions,
  found: Awaited<ReturnType<typeof findFiles>>,
  stack: Stack,
  progress: Progress,
  signal: AbortSignal,
  undo: (() => Promise<unknown>)[],
): Promise<string> {
  const workFolder = path.join(stack.dataDir, 'work');
  await mkdir(workFolder);
  const client = new Client({ baseUrl: stack.url, apiKey: stack.apiKey, maxRetries: 12 });
  undo.push(() => Promise.resolve(client.close()));

  const now = () => new Date().toISOString();
  // eslint-disable-next-line prefer-const -- the fleet and what decides over it need each other
  let fleet: Fleet | undefined;
  const killing = new Killing({
    agents: () => fleet?.agents ?? [],
    freeze: async (agent) => fleet?.freeze(agent),
    thaw: (agent) => fleet?.thaw(agent),
    running: async (_agent, ids) => {
      const tasks = await Promise.all(ids.map((id) => client.tasks.get(id)));
      return tasks.filter(({ status }) => status === 'running').map(({ taskId }) => taskId);
    },
    kill: (agent) => fleet?.kill(agent),
    now,
  });
  const crashed = new AbortController();
  const considerKilling = async () => {
    const agent = signal.aborted ? undefined : await killing.consider();
    if (!agent || !killing.victim) return;
    await writeJson(killedFile(workFolder), {
      agent: agent.setup.name,
      at: killing.victim.at,
    } satisfies RunIndex['killed']);
    progress.say(`  ✕ killed ${agent.setup.name} (process ${agent.pid}, SIGKILL) in the middle of its work`);
  };
  const setups = fleetFor(found.files.length);
  fleet = await Fleet.start({
    setups,
    url: stack.url,
    apiKey: stack.apiKey,
    signal,
    onNews: (news, type) => {
      if (news === 'settled' && type === 'document.count') killing.countCompleted();
      considerKilling().catch((error: unknown) => {
        if (!signal.aborted) crashed.abort(error);
      });
    },
    onLost: (agent, why) => crashed.abort(new DemoError(`The agent ${agent.setup.name} ended by itself: ${why}`)),
  });
  const running = fleet;
  undo.push(() => running.stop());

  progress.say(`  ${setups.length} agents connected: ${setups.map(({ name }) => name).join(', ')}`);
  const count = `${found.files.length} ${found.files.length === 1 ? 'file' : 'files'}`;
  progress.say(`Indexing ${count} of ${printable(options.folder)}`);
  const notes = notesOf(found);
  for (const note of notes) progress.say(`  note: ${note}`);
  const startedAt = performance.now();
  const either = AbortSignal.any([signal, crashed.signal]);
  // Every call under way listens to it; that is no leak.
  setMaxListeners(0, either);
  const run = await conduct({
    client,
    files: found.files,
    workFolder,
    folder: options.folder,
    reportFile: options.report,
    notes,
    signal: either,
    started: (workflow, { id }) =>
      progress.say(
        `  workflow '${workflow.name}' version ${workflow.version} with ${workflow.stepCount} steps; its run is ${id}`,
      ),
    expected: (step, total) => {
      progress.expect(barOf(step), total);
      if (step === 'count') killing.expected(total);
    },
    completed: (step) => progress.advance(barOf(step)),
    takenOver: (type, document, attempt) =>
      progress.say(`  ↻ ${type} of ${printable(document ?? 'the whole')} was taken over (attempt ${attempt})`),
    asked: async (approval) => {
      progress.say(approvalText(approval));
      const { votes } = await approve(stack, approval, either);
      progress.say(`  granted by ${votes.at(-1)?.by ?? ''}, the administrator: for you, in this demo`);
    },
  });
  progress.finish();
  progress.say(`  done in ${seconds(performance.now() - startedAt)}`);

  const runIndex = await gatherIndex(run);
  await showTakeover(client, runIndex, killing, progress);
  progress.say(`\n${await treeOf(client, run, found.files)}`);
  progress.say(`\n${resultTable(runIndex)}\n`);
  const audit = await verifyAudit(stack);
  progress.say(`report: ${options.report}`);
  progress.say(`events in the log: ${audit.events}`);
  progress.say('audit: chain verified');
  if (!options.keep) await running.stop();
  return run.id;
}

/** What a step is called beside its bar: its tasks' type, where it has tasks. */
const barOf = (step: StepKey): string => STEPS[step] ?? step;

/** What really ran, as the control plane tells it. */
async function treeOf(client: Client, run: Run, files: readonly FoundFile[]): Promise<string> {
  const graph = await client.workflows.runs.graph(run.id);
  const names = new Map<string, string>();
  for (const id of agentsOf(graph)) names.set(id, (await client.agents.get(id)).agentId);
  const { documents } = await gatherIndex(run);
  const readable = documents.filter(({ skipped }) => skipped === undefined);
  return runTree(graph, {
    agent: (id) => names.get(id),
    items: (key) => run.steps.find((step) => step.key === key)?.items.length,
    document: (item) => {
      const [key, place] = item.split('/');
      return (key === 'extract' ? files : readable)[Number(place)]?.path;
    },
  });
}

/** What became of the tasks that the killed agent had in hand: told from the log, not from what this process thinks. */
async function showTakeover(client: Client, run: RunIndex, killing: Killing, progress: Progress): Promise<void> {
  const { victim } = killing;
  if (!victim) {
    progress.say('  no agent was killed: there were too few documents');
    return;
  }
  const { inHand } = victim;
  const documents = run.documents
    .map((document) => ({ ...document, taskIds: document.taskIds.filter((id) => inHand.has(id)) }))
    .filter(({ taskIds }) => taskIds.length > 0);
  const work = await gatherWork(client, { ...run, documents, taskIds: [] }, () => undefined);
  const moved = takenOver(work).filter(({ from }) => from === victim.agent.setup.name);
  const { name } = victim.agent.setup;
  progress.say(`\n${name} was killed with ${inHand.size} task(s) in hand; ${moved.length} taken over by other agents:`);
  if (moved.length < inHand.size) progress.say('  (the results of the rest had just arrived)');
  for (const { task, by, afterMs } of moved.slice(0, 8)) {
    const document = printable(task.document ?? '');
    progress.say(`  ${task.type} of ${document}: completed by ${by}, ${seconds(afterMs)} after the lease was lost`);
  }
}

function notesOf(found: Awaited<ReturnType<typeof findFiles>>): string[] {
  const notes: string[] = [];
  if (found.more) notes.push(`There are more files: only the first ${found.files.length} were indexed.`);
  if (found.unreadable.length > 0) {
    const [first, more] = [found.unreadable.slice(0, 20), found.unreadable.length - 20];
    notes.push(`Folders that could not be listed: ${first.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`);
  }
  return notes;
}

/** Leaves it running until Ctrl-C. */
async function keep(stack: Stack, runId: string, signal: AbortSignal): Promise<void> {
  process.stdout.write(
    [
      '',
      `Everything goes on running until Ctrl-C; its data (${stack.dataDir}) is removed then.`,
      `  API      ${stack.url}   docs ${stack.url}/docs   OpenAPI ${stack.url}/openapi.json`,
      `  key      Authorization: Bearer ${stack.apiKey}`,
      `  graph    ${stack.url}/api/v1/workflows/runs/${runId}/graph   (in pictures: ?format=mermaid, ?format=dot)`,
      ...Object.entries(stack.healthUrls).map(([name, url]) => `  health   ${name.padEnd(13)} ${url}/health/ready`),
      '',
    ].join('\n'),
  );
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function showLastLines(lines: readonly string[]): void {
  if (lines.length > 0) process.stderr.write(`\nThe last words of the services:\n${lines.slice(-15).join('\n')}\n`);
}

const seconds = (milliseconds: number) => `${(milliseconds / 1_000).toFixed(1)} s`;
