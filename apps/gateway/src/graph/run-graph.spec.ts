import type { UsageEvent } from '@ao/contracts';
import { derivedId, streamId } from '@ao/kernel';
import { runGraph, type GraphTerms } from './run-graph';
import type { GraphEdge, GraphNode, RunGraph } from './run-graph.types';
import { readRunHistory } from './run-history.reader';
import {
  AGENT,
  RUN,
  START,
  ToldLog,
  WORKFLOW,
  assigned,
  at,
  completed,
  leaseExpired,
  runCompleted,
  started,
  stepCompleted,
  stepStarted,
  submitted,
  task,
  taskId,
  taskStarted,
  taskWork,
} from './told-run.testing';

const COSTS = { prices: [], currency: 'USD' };
const graphOf = (log: ToldLog, terms: Partial<GraphTerms> = {}, run = RUN): RunGraph =>
  runGraph(log.history(run), { now: START + 1_000_000, costs: COSTS, ...terms })!;
const short = (id: string) => id.replaceAll(RUN, 'run');
const edgesOf = ({ edges }: RunGraph, kind: GraphEdge['kind']) =>
  edges.filter((edge) => edge.kind === kind).map(({ from, to }) => `${short(from)} > ${short(to)}`);
const nodeOf = ({ nodes }: RunGraph, id: string): GraphNode => nodes.find((node) => short(node.id) === id)!;

const approval = derivedId('approval', RUN, 'ask', 1);
const signal_id = derivedId('signal', 1);
const terms = { title: 'Deploy?', description: '', arguments: { to: 'production' }, required: 1, roles: [], users: [] };

function usage(task_id: string, micros: number): UsageEvent {
  return {
    type: 'UsageReported',
    data: {
      ...{ task_id, task_type: 'work', agent_id: AGENT, attempt: 1, lease_token: AGENT, report_id: AGENT },
      ...{ provider: 'own', model: 'm', input_tokens: 10, output_tokens: 1, cached_input_tokens: 0, duration_ms: 2 },
      ...{ cost: { micros, currency: 'USD' }, day: '2026-01-01', reported_at: at(3) },
    },
  };
}

/** A task that loses its agent once; an approval; a signal that came too early; each caused by what the log says. */
function wholeRun(): ToldLog {
  const log = new ToldLog();
  const id = taskId('work');
  const steps = [
    task('work'),
    { key: 'ask', name: 'Ask', type: 'approval', approval: terms },
    { key: 'hear', name: 'Hear', type: 'signal', signal: { name: 'delivered' } },
  ];
  const begun = log.run(RUN, undefined, started(steps), stepStarted('work', 0, taskWork('work')));
  const made = log.commit(streamId('task', id), begun, submitted(id, 0));
  log.commit(streamId('task', id), made, assigned(id, 1), taskStarted(id, 1));
  const sent = {
    run_id: RUN,
    signal_id,
    name: 'delivered',
    correlation: null,
    payload: 1,
    sent_by: 'user:x',
    at: at(2),
  };
  log.run(RUN, 'a command of nobody here', { type: 'SignalReceived', data: sent });
  log.commit(streamId('usage', id), undefined, usage(id, 2_000_000));
  log.commit(streamId('task', id), undefined, leaseExpired(id, 61));
  log.commit(streamId('task', id), undefined, assigned(id, 62, 2), taskStarted(id, 62, 2));
  const worked = log.commit(streamId('task', id), undefined, completed(id, 70, 2));
  const asks = log.run(
    RUN,
    worked,
    stepCompleted('work', 71),
    stepStarted('ask', 71, { type: 'approval', approval_id: approval, terms, expires_seconds: null }),
  );
  const asked = {
    ...terms,
    allow_self: false,
    expires_at: null,
    approval_id: approval,
    arguments_hash: 'a'.repeat(64),
  };
  log.commit(streamId('approval', approval), asks, {
    type: 'ApprovalRequested',
    data: { ...asked, requested_by: 'user:x', run: { run_id: RUN, node: 'ask' }, requested_at: at(71) },
  });
  const voted = { approval_id: approval, vote: 'approve', by: 'user:y', comment: 'secret thoughts', at: at(90) };
  const decided = log.commit(
    streamId('approval', approval),
    undefined,
    { type: 'ApprovalVoted', data: { ...voted, arguments_hash: 'a'.repeat(64) } },
    { type: 'ApprovalGranted', data: { approval_id: approval, at: at(90) } },
  );
  log.run(
    RUN,
    decided,
    stepCompleted('ask', 91),
    stepStarted('hear', 91, { type: 'signal', name: 'delivered', correlation: null }),
    stepCompleted('hear', 91, RUN, { signal_id }),
    runCompleted(91),
  );
  return log;
}

describe('the graph of a run', () => {
  const id = taskId('work');

  it('should have every step, attempt, task, approval and signal, with their times', () => {
    const graph = graphOf(wholeRun());
    expect(graph.nodes.map((node) => [short(node.id), node.status, node.duration_ms])).toEqual([
      ['run:run', 'completed', 91_000],
      ['step:run:work', 'completed', 71_000],
      ['step:run:ask', 'completed', 20_000],
      ['step:run:hear', 'completed', 0],
      ['attempt:run:work:1', 'completed', 71_000],
      [`task:${id}`, 'completed', 70_000],
      ['attempt:run:ask:1', 'completed', 20_000],
      [`approval:${approval}`, 'approved', 19_000],
      ['attempt:run:hear:1', 'completed', 0],
      [`signal:${signal_id}`, 'taken', 89_000],
    ]);
    expect(nodeOf(graph, `task:${id}`)).toMatchObject({
      ...{ work_ms: 68_000, wait_ms: 2_000, type: 'work' },
      assignments: [
        { attempt: 1, agent_id: AGENT, assigned_at: at(1), ended_at: at(61), outcome: 'lease_expired' },
        { attempt: 2, started_at: at(62), ended_at: at(70), outcome: 'completed' },
      ],
    });
    expect(nodeOf(graph, `approval:${approval}`)).toMatchObject({
      votes: [{ by: 'user:y', vote: 'approve', at: at(90) }],
    });
    expect(JSON.stringify(graph)).not.toContain('secret thoughts');
    expect(graph.truncated).toBeNull();
  });

  it('should say what led to what, as the causation of the events says', () => {
    const graph = graphOf(wholeRun());
    expect(edgesOf(graph, 'depends')).toEqual(['step:run:work > step:run:ask', 'step:run:ask > step:run:hear']);
    expect(edgesOf(graph, 'waits')).toEqual([
      `approval:${approval} > attempt:run:ask:1`,
      `signal:${signal_id} > attempt:run:hear:1`,
    ]);
    expect(edgesOf(graph, 'caused')).toEqual([
      `attempt:run:work:1 > task:${id}`,
      `task:${id} > attempt:run:work:1`,
      `task:${id} > attempt:run:ask:1`,
      `attempt:run:ask:1 > approval:${approval}`,
      `approval:${approval} > attempt:run:ask:1`,
      `approval:${approval} > attempt:run:hear:1`,
      `approval:${approval} > run:run`,
    ]);
    expect(graph.edges.find(({ kind, to }) => kind === 'caused' && short(to) === 'attempt:run:ask:1')?.event).toEqual({
      ...{ type: 'StepStarted', position: 13 },
    });
  });

  it('should find the cause of a command by the id of the command that led to it', () => {
    const log = new ToldLog();
    const id = taskId('work');
    log.run(RUN, undefined, started([task('work')]), stepStarted('work', 0, taskWork('work')));
    log.commit(streamId('task', id), log.events[0]!.metadata.command_id, submitted(id, 0));
    expect(edgesOf(graphOf(log), 'caused')).toEqual([`run:run > task:${id}`]);
  });

  it('should say what each has cost, with all that it made, to who may know', () => {
    const costs = (graph: RunGraph) =>
      Object.fromEntries(graph.nodes.flatMap((node) => (node.cost ? [[short(node.id), node.cost.cost]] : [])));
    const two = { 'run:run': 2, 'step:run:work': 2, 'attempt:run:work:1': 2, [`task:${id}`]: 2 };
    expect(costs(graphOf(wholeRun()))).toEqual(two);
    expect(costs(graphOf(wholeRun(), { costs: undefined }))).toEqual({});
  });

  it('should show a run that goes on, with what has not begun', () => {
    const log = new ToldLog();
    log.run(RUN, undefined, started([task('one'), task('two')]), stepStarted('one', 5, taskWork('one')));
    const graph = graphOf(log, { now: START + 30_000 });
    expect([graph.status, graph.ended_at, graph.at]).toEqual(['running', null, at(30)]);
    expect(nodeOf(graph, 'step:run:one')).toMatchObject({ status: 'running', duration_ms: 25_000, critical: true });
    expect(nodeOf(graph, 'step:run:two')).toMatchObject({ status: 'not_started', duration_ms: null, critical: false });
    // Its task was not there yet.
    expect(graph.nodes).toHaveLength(4);
  });

  it('should hang runs below the step that waits for them, with their costs', () => {
    const child = derivedId('run', RUN, 'inner', 1);
    const id = taskId('inside');
    const log = new ToldLog();
    const work = { type: 'workflow', child_run_id: child, workflow_id: RUN, version: null, parameters: {} };
    const steps = [{ key: 'inner', name: 'inner', type: 'workflow', workflow: {} }];
    const begun = log.run(RUN, undefined, started(steps), stepStarted('inner', 0, work));
    const inside = started([task('inside')], { run_id: child, workflow_name: 'below' });
    log.run(child, begun, inside, stepStarted('inside', 1, taskWork('inside'), 1, child));
    log.commit(streamId('task', id), undefined, submitted(id, 1));
    log.commit(streamId('usage', id), undefined, usage(id, 500_000));
    const graph = graphOf(log);
    expect(edgesOf(graph, 'spawned')).toContain(`attempt:run:inner:1 > run:${child}`);
    expect(edgesOf(graph, 'caused')).toContain(`attempt:run:inner:1 > run:${child}`);
    expect(nodeOf(graph, 'run:run').cost?.cost).toBe(0.5);
    expect(nodeOf(graph, `run:${child}`)).toMatchObject({ label: 'below', cost: { cost: 0.5 } });
  });

  it('should tell what is taken back from what takes it back', () => {
    const log = new ToldLog();
    const work = { type: 'task', task_id: taskId('undo:one'), order: {} };
    const failure = { class: 'x', message: 'broke', node: 'two' };
    const stop = { run_id: RUN, total: 1, outcome: 'failed', failure, at: at(3) } as const;
    log.run(
      RUN,
      undefined,
      ...[started([task('one'), task('two')]), stepStarted('one', 0, taskWork('one')), stepCompleted('one', 1)],
      { type: 'StepFailed', data: { run_id: RUN, node: 'two', failure, at: at(3) } },
      { type: 'RunCompensating', data: stop },
      ...[stepStarted('undo:one', 3, work), stepCompleted('undo:one', 4)],
      { type: 'RunFailed', data: { run_id: RUN, workflow_id: WORKFLOW, failure, compensated: true, at: at(4) } },
    );
    const graph = graphOf(log);
    expect(edgesOf(graph, 'compensates')).toEqual(['step:run:undo:one > step:run:one']);
    expect(nodeOf(graph, 'step:run:undo:one')).toMatchObject({ status: 'completed', type: 'task', attempts: 1 });
    expect(nodeOf(graph, 'run:run')).toMatchObject({ status: 'failed', failure });
  });

  it('should leave out what is too much, the steps and the critical path last, and say how much it is', () => {
    const log = new ToldLog();
    const items = Array.from({ length: 50 }, (_, index) => `pages/${index}`);
    log.run(
      RUN,
      undefined,
      started([{ key: 'pages', name: 'pages', type: 'map', map: {} }]),
      stepStarted('pages', 0, { type: 'map', items: [], limit: 50 }),
      ...items.map((node) => stepStarted(node, 0, taskWork(node))),
      ...items.map((node, index) => stepCompleted(node, index + 1)),
      ...[stepCompleted('pages', 50), runCompleted(50)],
    );
    const whole = graphOf(log);
    const cut = graphOf(log, { maxNodes: 10 });
    expect(whole.nodes).toHaveLength(2 + 1 + 50 * 2);
    expect(cut.nodes).toHaveLength(10);
    expect(cut.truncated).toEqual({ events: 0, streams: 0, deeper_runs: 0, nodes: whole.nodes.length - 10 });
    const ids = new Set(cut.nodes.map(({ id }) => id));
    for (const { node } of cut.critical_path.steps) expect(ids).toContain(node);
    expect(cut.critical_path.steps.map(({ label }) => label)).toEqual(['pages/49']);
    for (const { from, to } of cut.edges) expect([ids.has(from), ids.has(to)]).toEqual([true, true]);
  });
});

describe('the history of a run', () => {
  const readerOf = (log: ToldLog) => {
    const asked: string[] = [];
    const readStream = (
      stream: string,
      {
        fromVersion = 1,
        upTo = Infinity,
        limit = 10_000,
      }: { fromVersion?: number; upTo?: number; limit?: number } = {},
    ) => {
      asked.push(stream);
      const events = log.of(stream).filter(({ position }) => position <= upTo);
      return Promise.resolve(events.slice(fromVersion - 1, fromVersion - 1 + limit) as never[]);
    };
    return { asked, readStream };
  };

  it('should be all that its steps made, of one moment, without values', async () => {
    const log = wholeRun();
    const { history, unread } = await readRunHistory(readerOf(log), RUN, log.events.length);
    expect(unread).toEqual({ events: 0, streams: 0, deeper_runs: 0 });
    expect(runGraph(history!, { now: START, costs: COSTS })!.nodes).toEqual(
      runGraph(log.history(), { now: START, costs: COSTS })!.nodes,
    );
    expect(JSON.stringify(history)).not.toContain('"payload":1');
    const early = await readRunHistory(readerOf(log), RUN, 4);
    expect(early.history!.tasks.get(taskId('work'))!.events.map(({ type }) => type)).toEqual([
      ...['TaskSubmitted', 'TaskAssigned'],
    ]);
    expect((await readRunHistory(readerOf(log), AGENT, 100)).history).toBeUndefined();
  });

  it('should end where runs go deeper, or make more, than an answer may cost', async () => {
    const log = new ToldLog();
    const chain = Array.from({ length: 9 }, (_, depth) => (depth === 0 ? RUN : derivedId('run', depth)));
    chain.forEach((run_id, depth) => {
      const child_run_id = derivedId('run', depth + 1);
      const work = { type: 'workflow', child_run_id, workflow_id: RUN, version: null, parameters: {} };
      const steps = [{ key: 'inner', name: 'inner', type: 'workflow', workflow: {} }];
      log.run(run_id, undefined, started(steps, { run_id }), stepStarted('inner', 0, work, 1, run_id));
    });
    const deep = await readRunHistory(readerOf(log), RUN, log.events.length);
    expect(deep.unread).toEqual({ events: 0, streams: 0, deeper_runs: 1 });

    const wide = new ToldLog();
    const nodes = Array.from({ length: 2_100 }, (_, index) => `pages/${index}`);
    wide.run(RUN, undefined, started([]), ...nodes.map((node) => stepStarted(node, 0, taskWork(node))));
    const reader = readerOf(wide);
    const read = await readRunHistory(reader, RUN, 10_000);
    expect(read.unread).toEqual({ events: 0, streams: 100, deeper_runs: 0 });
    expect(new Set(reader.asked).size).toBe(1 + 2_000);
  });
});
