import type { Step } from './definition';
import type { RunEvent } from './run';
import { evolveRun } from './run.fold';
import { currentSteps, evolveRunSummary, stepCounts, type RunSummary } from './run-summary';

const run_id = '01890a5d-ac96-774b-bcce-b302099a8001';
const approval_id = '01890a5d-ac96-774b-bcce-b302099a8002';
const at = '2026-01-01T00:00:00.000Z';

const steps = ['extract', 'ask', 'load'].map((key) => ({ key, name: key, type: 'task', task: {} }));
const started: RunEvent = {
  type: 'RunStarted',
  data: {
    ...{ run_id, workflow_id: run_id, workflow_name: 'pipeline', version: 3 },
    definition: { parameters: null, steps: steps as unknown as Step[] },
    ...{ parameters: { secret: 1 }, priority: 40, cause: { kind: 'request', id: null }, parent: null, depth: 0 },
    ...{ started_by: 'user:x', fork: null, deadline: null, started_at: at },
  },
};
const on = (type: RunEvent['type'], data: object): RunEvent => ({ type, data: { run_id, at, ...data } }) as RunEvent;
const begins = (node: string, work: object = { type: 'task' }) => on('StepStarted', { node, attempt: 1, work });
const completes = (node: string) => on('StepCompleted', { node, output: 'x'.repeat(1_000) });
const asks = begins('ask', { type: 'approval', approval_id });
const failure = { class: 'oom', message: 'no memory' };
const fold = (...events: RunEvent[]): RunSummary =>
  [started, ...events].reduce<RunSummary | undefined>((run, event) => evolveRunSummary(run, event), undefined)!;

describe('the summary of a run', () => {
  it('should count its steps, and name those at work', () => {
    const begun = fold(begins('extract'));
    expect(currentSteps(begun)).toEqual(['extract']);
    expect(stepCounts(begun)).toEqual({ running: 1, waiting: 2, completed: 0, failed: 0, skipped: 0, cancelled: 0 });
    const on_ = fold(begins('extract'), completes('extract'), asks, on('StepSkipped', { node: 'load' }));
    expect(stepCounts(on_)).toEqual({ running: 1, waiting: 0, completed: 1, failed: 0, skipped: 1, cancelled: 0 });
  });

  it('should know the approvals that wait, those of items too, until they are decided or the run ends', () => {
    const item = begins('ask/3', { type: 'approval', approval_id });
    expect(fold(asks, item).approvals.map(({ node }) => node)).toEqual(['ask', 'ask/3']);
    expect(fold(asks, item, completes('ask/3')).approvals).toEqual([{ node: 'ask', approval_id }]);
    expect(fold(asks, on('RunCancelled', { reason: '', compensated: false })).approvals).toEqual([]);
  });

  it('should stay small, whatever goes from step to step', () => {
    const items = Array.from({ length: 500 }, (_, index) => [
      begins(`ask/${index}`, asks.data),
      completes(`ask/${index}`),
    ]);
    const run = fold(asks, ...items.flat());
    expect(JSON.stringify(run).length).toBeLessThan(1_000);
    expect(run.revision).toBe(1 + 1 + 1_000);
  });

  it('should stand where the run itself stands', () => {
    const reason = 'enough';
    const retried = { nodes: ['ask'], continued: ['load'], deadline: at };
    const history = [
      ...[started, begins('extract'), on('StepAttemptFailed', { node: 'extract', attempt: 1, failure, retry_at: at })],
      ...[
        begins('extract'),
        completes('extract'),
        asks,
        begins('load'),
        on('RunPaused', { reason }),
        on('RunResumed', {}),
      ],
      ...[on('StepFailed', { node: 'ask', failure }), on('StepCancelled', { node: 'load', reason })],
      on('RunCompensating', { total: 0, outcome: 'failed', failure: { ...failure, node: 'ask' } }),
      on('RunFailed', { failure: { ...failure, node: 'ask' }, compensated: true }),
      ...[on('RunRetried', retried), asks, begins('load'), completes('ask'), completes('load')],
      on('RunCompleted', { output: null }),
    ];
    let run: ReturnType<typeof evolveRun>;
    let summary: RunSummary | undefined;
    for (const event of history) {
      run = evolveRun(run, event);
      summary = evolveRunSummary(summary, event);
      const { status, paused_at, ended_at, failure, compensated, deadline } = run!;
      expect(summary).toMatchObject({ status, paused_at, ended_at, failure, compensated, deadline });
      for (const [node, { status: ofNode }] of Object.entries(run!.nodes))
        // One that is to begin anew is not told apart from one that has not begun.
        if (summary!.steps[node] !== undefined || ofNode !== 'waiting')
          expect([node, summary!.steps[node]]).toEqual([node, ofNode]);
    }
  });
});
