import type { Approval, Client, LiveEvent, Run, Workflow } from '@agent-orchestration/sdk';
import { DemoError, type FoundFile } from './documents';
import { forEachOf } from './for-each-of';
import { documentIndex, STEPS, type StepKey } from './index-workflow';
import { sourceFile, writeJson, type RunParameters, type Source } from './work-folder';

export interface ConductorOptions {
  readonly client: Client;
  readonly files: readonly FoundFile[];
  /** Where the agents hand files on. */
  readonly workFolder: string;
  readonly folder: string;
  readonly reportFile: string;
  readonly notes: readonly string[];
  readonly signal: AbortSignal;
  /** Told before the first step begins. */
  readonly started: (workflow: Workflow, run: Run) => void;
  /** How many completions a step will have. */
  readonly expected: (step: StepKey, count: number) => void;
  readonly completed: (step: StepKey) => void;
  /** An agent completed what another one had lost. */
  readonly takenOver: (type: string, document: string | undefined, attempt: number) => void;
  /** Somebody is asked; resolves when it is decided. */
  readonly asked: (approval: Approval) => Promise<void>;
}

/** What a run is followed by. Its steps say how far it is, its tasks who did what. */
const EVENTS = ['workflow.*', 'approval.requested', 'task.completed'];

/** Makes the workflow, starts one run over the files and follows it, event by event, to its end. */
export async function conduct(options: ConductorOptions): Promise<Run> {
  const { client, files, workFolder, signal, started, expected } = options;
  await forEachOf(files, 16, async ({ id, path, file, bytes }) => {
    await writeJson(sourceFile(workFolder, id), { path, file, bytes } satisfies Source);
  });
  const perDocument: readonly StepKey[] = ['extract', 'count', 'keywords'];
  for (const step of Object.keys(STEPS) as StepKey[]) expected(step, perDocument.includes(step) ? files.length : 1);

  const workflow = await client.workflows.create(documentIndex(), { signal });
  // From here on, so that nothing that the run does is missed.
  const events = client.events.subscribe({ events: EVENTS, fromPosition: client.position, signal });
  try {
    const parameters: RunParameters = {
      documents: files.map(({ id }) => id),
      folder: options.folder,
      work_folder: workFolder,
      report: options.reportFile,
      notes: options.notes,
    };
    const begun = await client.workflows.execute(workflow.id, { parameters: { ...parameters } }, { signal });
    const { id } = begun;
    started(workflow, begun);
    for await (const event of events) if (await isEnd(event, id, options)) break;
    const run = await client.workflows.runs.wait(id, { signal });
    if (run.status !== 'completed') throw new DemoError(whyNot(run));
    return run;
  } finally {
    events.close();
  }
}

/** Passes on what an event means; whether it is the end of the run. */
async function isEnd(event: LiveEvent, runId: string, options: ConductorOptions): Promise<boolean> {
  const { name, subject, data } = event;
  if (name === 'task.completed') await tellTakeover(subject.id, Number(data.attempt), options);
  else if (name === 'approval.requested') {
    const approval = await options.client.approvals.get(subject.id, { signal: options.signal });
    if (approval.run?.runId === runId) await options.asked(approval);
  } else if (subject.id === runId) {
    if (name === 'workflow.step' && data.event === 'StepCompleted') tellStep(String(data.node), data.output, options);
    return ['workflow.completed', 'workflow.failed', 'workflow.cancelled'].includes(name);
  }
  return false;
}

/** The items of a map count one by one, the map itself only says what follows. */
function tellStep(node: string, output: unknown, { completed, expected }: ConductorOptions): void {
  const [key = '', item] = node.split('/');
  if (!isStep(key)) return;
  if (item !== undefined || !Array.isArray(output)) return completed(key);
  if (key !== 'extract') return;
  const readable = (output as { skipped?: string }[]).filter(({ skipped }) => skipped === undefined).length;
  expected('count', readable);
  expected('keywords', readable);
}

async function tellTakeover(taskId: string, attempt: number, options: ConductorOptions): Promise<void> {
  if (!(attempt > 1)) return;
  const { type, payload } = await options.client.tasks.get(taskId, { signal: options.signal });
  const document = options.files.find(({ id }) => id === payload.id);
  options.takenOver(type, document?.path, attempt);
}

const isStep = (key: string): key is StepKey => Object.hasOwn(STEPS, key);

function whyNot({ id, status, failure }: Run): string {
  const where = failure?.node ? ` at the step ${failure.node}` : '';
  return `The run (${id}) ended as ${status}${where}: ${failure?.message ?? 'no reason given'}`;
}
