import { cel, workflow, type WorkflowBuilder } from '@agent-orchestration/sdk';

/** Items of one map, and so the documents of one run. */
export const MOST_DOCUMENTS = 1_000;

/** The steps, in their order; each by the type of its tasks. The approval has none. */
export const STEPS = {
  extract: 'document.extract',
  count: 'document.count',
  weigh: 'corpus.weigh',
  keywords: 'document.keywords',
  sum_up: 'corpus.sum',
  publish: undefined,
  report: 'report.write',
} as const;
export type StepKey = keyof typeof STEPS;

/** Soon again: the loss of an agent is part of the show. */
const RETRY = { maxAttempts: 5, initialDelayMs: 200, maxDelayMs: 5_000 };
/** Documents at work at once, in each step that does something for every one of them. */
const AT_ONCE = 64;

/**
 * The workflow `Document index`. Files that hold no text are left out after the first step; each further step only names
 * ids, and the agents hand the content on in the work folder.
 */
export function documentIndex(): WorkflowBuilder {
  // An agent's capabilities are the kinds of task it does. What is nearer to the end goes first.
  const task = (key: Exclude<StepKey, 'publish'>, priority: number, payload: Record<string, unknown>) =>
    ({ type: STEPS[key], capabilities: [STEPS[key]], priority, payload }) as const;
  const folder = cel('parameters.work_folder');
  const document = { id: cel('item'), folder };
  const counted = cel('steps.count.output.map(counted, counted.id)');

  return workflow('Document index')
    .describe('Extracts, counts and weighs the documents of a folder, and writes a report once a person agrees')
    .parameters({
      type: 'object',
      required: ['documents', 'folder', 'work_folder', 'report', 'notes'],
      properties: {
        documents: { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: MOST_DOCUMENTS },
        folder: { type: 'string' },
        work_folder: { type: 'string' },
        report: { type: 'string' },
        notes: { type: 'array', items: { type: 'string' } },
      },
      additionalProperties: false,
    })
    .map(
      'extract',
      cel('parameters.documents'),
      (each) => each.task('extract_one', task('extract', 40, document), { retry: RETRY }),
      { limit: AT_ONCE },
    )
    .map(
      'count',
      cel('steps.extract.output.filter(file, !has(file.skipped)).map(file, file.id)'),
      (each) => each.task('count_one', task('count', 50, document), { retry: RETRY }),
      { limit: AT_ONCE },
    )
    .task('weigh', task('weigh', 60, { folder, documents: counted }), { retry: RETRY })
    .map('keywords', counted, (each) => each.task('keywords_of', task('keywords', 70, document), { retry: RETRY }), {
      limit: AT_ONCE,
    })
    .task('sum_up', task('sum_up', 80, { folder, documents: cel('parameters.documents') }), { retry: RETRY })
    .approval('publish', {
      title: 'Publish the index?',
      description: 'The report is written once somebody agrees who did not start the run.',
      arguments: { folder: cel('parameters.folder'), figures: cel('steps.sum_up.output') },
    })
    .task('report', task('report', 90, { run_id: cel('run.id') }), { retry: RETRY })
    .output({ figures: cel('steps.sum_up.output'), report: cel('steps.report.output.path') })
    .timeout(3_600);
}
