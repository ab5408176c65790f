import { MAX_RUN_DEPTH } from '@ao/contracts';
import { derivedId, derivedIdAt } from '@ao/kernel';
import { after, RUN, RunSpec, T0, task, WORKFLOW, type WrittenStep } from './run.testing';

const step = (key: string, type: string, what: object, rest: object = {}) =>
  ({ key, name: key, type, [type]: what, ...rest }) as unknown as WrittenStep;

describe('a step of a run', () => {
  it('should make a task of everything it says, with expressions worked out and the id of its attempt', () => {
    const says = {
      type: 'index',
      title: 'For ${{ parameters.who }}',
      payload: { n: '${{ parameters.n + 1 }}', s: 'n=${{ parameters.n }}' },
    };
    const to = {
      agent_id: '${{ parameters.agent }}',
      capabilities: ['read'],
      lease_seconds: 30,
      fairness_key: 'tenant',
    };
    const run = new RunSpec().start(
      [task('a', { task: { ...says, ...to }, retry: { max_attempts: 5 } })],
      {},
      {
        parameters: { who: 'Ann', n: 1, agent: `agent_${WORKFLOW.replaceAll('-', '')}` },
        priority: 70,
      },
    );
    expect(run.told).toEqual(['RunStarted', 'StepStarted a']);
    expect(run.work('a', 'task')).toEqual({
      type: 'task',
      task_id: derivedIdAt(T0, 'task', RUN, 'a', 1),
      order: {
        type: 'index',
        title: 'For Ann',
        payload: { n: 2, s: 'n=1' },
        priority: 70,
        requirements: { capabilities: ['read'], agent_id: WORKFLOW },
        retry: { max_attempts: 5 },
        lease_seconds: 30,
        fairness_key: 'tenant',
      },
    });
    run.done('a', { pages: 3 });
    expect(run.told).toEqual(['StepCompleted a', 'RunCompleted']);
    expect(run.run).toMatchObject({ status: 'completed', output: { a: { pages: 3 } }, ended_at: T0 });
  });

  it.each([
    ['failed', { class: 'broken', message: 'no' }, 'broken', 'no'],
    ['failed', undefined, 'task_failed', 'is failed'],
    ['cancelled', undefined, 'task_cancelled', 'is cancelled'],
    ['expired', undefined, 'task_expired', 'is expired'],
    ['dead_lettered', undefined, 'task_dead_lettered', 'is dead lettered'],
  ])('should fail with its task when that is %s', (status, failure, kind, message) => {
    const run = new RunSpec().start([task('a')]);
    run.tell('TaskEnded', { node: 'a', task_id: run.work('a', 'task').task_id, status, ...(failure && { failure }) });
    expect(run.told).toEqual(['StepFailed a', 'RunFailed']);
    expect(run.run?.failure).toEqual({ node: 'a', class: kind, message: expect.stringContaining(message) as string });
  });

  it('should ask for an approval with the arguments worked out, and give the votes', () => {
    const asked = {
      title: 'Deploy ${{ parameters.v }}',
      arguments: { v: '${{ parameters.v }}' },
      required: 2,
      expires_seconds: 60,
    };
    const run = new RunSpec().start([step('ok', 'approval', asked)], {}, { parameters: { v: 3 } });
    const { approval_id, terms, expires_seconds } = run.work('ok', 'approval');
    expect(approval_id).toBe(derivedIdAt(T0, 'approval', RUN, 'ok', 1));
    expect(terms).toMatchObject({ title: 'Deploy 3', arguments: { v: 3 }, required: 2, allow_self: false });
    expect(expires_seconds).toBe(60);
    const votes = [{ by: 'user:a', vote: 'approve', comment: '', at: T0 }];
    run.tell('ApprovalEnded', { node: 'ok', approval_id, status: 'approved', votes });
    expect(run.run?.output).toEqual({ ok: { status: 'approved', votes } });
  });

  it('should fail when its approval is rejected, and say by whom', () => {
    const retry = { retry: { max_attempts: 3, jitter: 0 } };
    const run = new RunSpec().start([step('ok', 'approval', { title: 't' }, retry)]);
    const votes = [{ by: 'user:bob', vote: 'reject', comment: 'not today', at: T0 }];
    const { approval_id } = run.work('ok', 'approval');
    run.tell('ApprovalEnded', { node: 'ok', approval_id, status: 'rejected', votes });
    expect(run.run).toMatchObject({ status: 'failed', failure: { class: 'approval_rejected' } });
    expect(run.run?.failure?.message).toContain('by user:bob: not today');
  });

  it('should ask again for an approval that expired, when it is to be tried again', () => {
    const run = new RunSpec().start([
      step('ok', 'approval', { title: 't' }, { retry: { max_attempts: 2, jitter: 0 } }),
    ]);
    run.tell('ApprovalEnded', {
      node: 'ok',
      approval_id: run.work('ok', 'approval').approval_id,
      status: 'expired',
      votes: [],
    });
    expect(run.told).toEqual(['StepAttemptFailed ok']);
    run.wake(1);
    expect(run.work('ok', 'approval').approval_id).toBe(derivedIdAt(after(1), 'approval', RUN, 'ok', 2));
  });

  it('should wait for the time of its timer, and not a moment less', () => {
    const run = new RunSpec().start([step('wait', 'timer', { seconds: '${{ 2 * 30 }}' })]);
    expect(run.work('wait', 'timer').due_at).toBe(after(60));
    expect(run.nextWake).toBe(after(60));
    expect(run.wake(59.999).told).toEqual([]);
    expect(run.wake(60).told).toEqual(['StepCompleted wait', 'RunCompleted']);
  });

  it('should go on at once from a timer whose time has passed', () => {
    const run = new RunSpec(undefined, 10).start([step('wait', 'timer', { until: '2020-01-01T00:00:00+01:00' })]);
    expect(run.told).toEqual(['RunStarted', 'StepStarted wait', 'StepCompleted wait', 'RunCompleted']);
  });

  it.each(['soon', '${{ 7 }}', '${{ parameters }}'])('should fail with a timer until %j', (until) => {
    const run = new RunSpec().start([step('wait', 'timer', { until })]);
    expect(run.run?.failure).toMatchObject({
      class: 'expression_failed',
      message: expect.stringContaining('timer/until') as string,
    });
  });

  it('should begin a run of another workflow, and give what that gives', () => {
    const run = new RunSpec().start([
      step('sub', 'workflow', { workflow_id: WORKFLOW, parameters: { n: '${{ 1 + 1 }}' } }),
    ]);
    const work = run.work('sub', 'workflow');
    const child_run_id = derivedIdAt(T0, 'run', RUN, 'sub', 1);
    expect(work).toEqual({
      type: 'workflow',
      child_run_id,
      workflow_id: WORKFLOW,
      version: null,
      parameters: { n: 2 },
    });
    run.tell('ChildEnded', { node: 'sub', child_run_id, status: 'completed', output: { x: 1 } });
    expect(run.run?.output).toEqual({ sub: { x: 1 } });
  });

  it.each([
    ['failed', { class: 'broken', message: 'no' }, 'broken'],
    ['cancelled', undefined, 'run_cancelled'],
  ])('should fail when the run it began is %s', (status, failure, kind) => {
    const run = new RunSpec().start([step('sub', 'workflow', { workflow_id: WORKFLOW })]);
    const { child_run_id } = run.work('sub', 'workflow');
    run.tell('ChildEnded', { node: 'sub', child_run_id, status, failure });
    expect(run.run?.failure?.class).toBe(kind);
  });

  it('should begin no run below as many as may stand above each other', () => {
    const run = new RunSpec().start([step('sub', 'workflow', { workflow_id: WORKFLOW })], {}, { depth: MAX_RUN_DEPTH });
    expect(run.run?.failure).toMatchObject({ node: 'sub', class: 'too_deep' });
    const above = new RunSpec().start(
      [step('sub', 'workflow', { workflow_id: WORKFLOW })],
      {},
      { depth: MAX_RUN_DEPTH - 1 },
    );
    expect(above.run?.status).toBe('running');
  });

  it('should call a webhook with everything worked out, and again by another id after a failure', () => {
    const call = {
      url: 'https://example.com/${{ parameters.n }}',
      headers: { 'X-N': '${{ parameters.n }}' },
      body: { n: '${{ parameters.n }}' },
    };
    const run = new RunSpec().start(
      [step('hook', 'webhook', call, { retry: { max_attempts: 3, jitter: 0 } })],
      {},
      { parameters: { n: 7 } },
    );
    const first = run.work('hook', 'webhook');
    expect(first).toMatchObject({
      url: 'https://example.com/7',
      method: 'POST',
      headers: { 'X-N': '7' },
      body: { n: 7 },
    });
    const failure = { class: 'http_503', message: 'not now' };
    run.tell('WebhookEnded', { node: 'hook', request_id: first.request_id, ok: false, retryable: true, failure });
    expect(run.told).toEqual(['StepAttemptFailed hook']);
    expect(run.nextWake).toBe(after(1));
    run.wake(1);
    const second = run.work('hook', 'webhook');
    expect(second.request_id).toBe(derivedIdAt(after(1), 'request', RUN, 'hook', 2));
    run.tell('WebhookEnded', { node: 'hook', request_id: second.request_id, ok: false, retryable: false, failure });
    expect(run.told).toEqual(['StepFailed hook', 'RunFailed']);
  });

  it('should not try again what its policy says is hopeless', () => {
    const run = new RunSpec().start([
      step('hook', 'webhook', { url: 'https://e.com' }, { retry: { max_attempts: 3, non_retryable: ['gone'] } }),
    ]);
    const { request_id } = run.work('hook', 'webhook');
    run.tell('WebhookEnded', {
      node: 'hook',
      request_id,
      ok: false,
      retryable: true,
      failure: { class: 'gone', message: '' },
    });
    expect(run.told).toEqual(['StepFailed hook', 'RunFailed']);
  });

  it('should fail when what it asks for is refused', () => {
    const run = new RunSpec().start([
      step('sub', 'workflow', { workflow_id: WORKFLOW }, { retry: { max_attempts: 3 } }),
    ]);
    const failure = { class: 'workflow_not_found', message: 'none' };
    expect(run.tell('WorkRefused', { node: 'sub', attempt: 2, failure })).toBeUndefined();
    expect(run.told).toEqual([]);
    run.tell('WorkRefused', { node: 'sub', attempt: 1, failure });
    expect(run.run?.failure).toEqual({ node: 'sub', ...failure });
  });

  it('should time out, and be tried again where it says so', () => {
    const run = new RunSpec().start([
      step('hook', 'webhook', { url: 'https://e.com' }, { timeout_seconds: 5, retry: { max_attempts: 2, jitter: 0 } }),
    ]);
    expect(run.nextWake).toBe(after(5));
    expect(run.wake(4.999).told).toEqual([]);
    expect(run.wake(5).told).toEqual(['StepAttemptFailed hook']);
    expect(run.wake(6).told).toEqual(['StepStarted hook']);
    expect(run.wake(11).told).toEqual(['StepFailed hook', 'RunFailed']);
    expect(run.run?.failure).toMatchObject({ class: 'timeout' });
  });

  describe('of the type signal', () => {
    const go = (key: string, correlation?: string, rest = {}) =>
      step(
        key,
        'signal',
        { name: 'go', ...(correlation !== undefined && { correlation }) },
        { depends_on: [], ...rest },
      );
    const send = (run: RunSpec, n: number, payload: unknown = n, correlation: string | null = null, name = 'go') =>
      run.tell('Signal', { signal_id: derivedId('s', n), name, correlation, payload, sent_by: null });

    it('should take the signal it waits for', () => {
      const run = new RunSpec().start([go('a')]);
      send(run, 1, { yes: true });
      expect(run.told).toEqual(['SignalReceived', 'StepCompleted a', 'RunCompleted']);
      expect(run.run).toMatchObject({ output: { a: { yes: true } }, signals: [] });
    });

    it('should take the oldest of those that came before it waited', () => {
      const run = new RunSpec().start([task('first'), go('a', undefined, { depends_on: ['first'] })]);
      for (const n of [1, 2]) send(run, n);
      expect(run.run?.signals).toHaveLength(2);
      run.done('first');
      expect(run.told).toEqual(['StepCompleted first', 'StepStarted a', 'StepCompleted a', 'RunCompleted']);
      expect(run.run?.output).toEqual({ a: 1 });
    });

    it('should leave signals of another name or correlation alone', () => {
      const run = new RunSpec().start([go('a', 'order-${{ parameters.n }}')], {}, { parameters: { n: 7 } });
      send(run, 1, 1, null, 'stop');
      send(run, 2, 2, 'order-8');
      send(run, 3, 3);
      expect(run.run?.signals).toHaveLength(3);
      send(run, 4, 4, 'order-7');
      expect(run.run?.output).toEqual({ a: 4 });
    });

    it('should be served in the order in which they wait', () => {
      const run = new RunSpec().start([
        go('a', undefined, { depends_on: ['t'] }),
        go('b'),
        task('t', { depends_on: [] }),
      ]);
      run.at(1).done('t');
      send(run, 1);
      expect(run.statuses).toMatchObject({ a: 'running', b: 'completed' });
    });

    it('should know a signal that was told twice, also when it was taken', () => {
      const run = new RunSpec().start([go('a'), go('b')]);
      send(run, 1);
      send(run, 1);
      expect(run.told).toEqual([]);
      expect(run.statuses).toEqual({ a: 'completed', b: 'running' });
    });

    it('should keep no more than a hundred that nobody takes, and none that is too large', () => {
      const run = new RunSpec().start([task('a')]);
      for (let n = 0; n < 100; n += 1) expect(send(run, n)).toBeUndefined();
      expect(send(run, 100)).toMatchObject({ code: 'too_many_signals' });
      expect(send(new RunSpec().start([task('a')]), 1, 'x'.repeat(128 * 1024))).toMatchObject({
        rejection: 'too_large',
        pointer: '/payload',
      });
    });
  });

  it('should take a branch, and skip the other with what follows from it alone', () => {
    const run = new RunSpec().start(
      [
        step('check', 'condition', { expression: 'parameters.n > 5', then: ['big'], else: ['small'] }),
        task('big'),
        task('small'),
        task('after_small', { depends_on: ['small'] }),
        task('both', { depends_on: ['big', 'small'] }),
      ],
      {},
      { parameters: { n: 7 } },
    );
    expect(run.told).toEqual([
      'RunStarted',
      'StepCompleted check',
      'StepStarted big',
      'StepSkipped small',
      'StepSkipped after_small',
    ]);
    run.done('big');
    expect(run.told).toEqual(['StepCompleted big', 'StepStarted both']);
  });

  it('should run what merely comes after a skipped step', () => {
    const run = new RunSpec().start([task('a', { when: 'false' }), task('b')]);
    expect(run.told).toEqual(['RunStarted', 'StepSkipped a', 'StepStarted b']);
  });

  it.each([
    ['a condition', step('a', 'condition', { expression: '1 + 1' }), 'condition/expression'],
    ['when', task('a', { when: 'parameters.none' }), 'when'],
    [
      'a payload',
      task('a', { task: { type: 't', payload: { x: { y: '${{ parameters.none }}' } } } }),
      'task/payload/x/y',
    ],
    ['an id', task('a', { task: { type: 't', agent_id: '${{ "bob" }}' } }), 'task/requirements/agent_id'],
    ['a title that is too long', task('a', { task: { type: 't', title: '${{ parameters.long }}' } }), 'task/title'],
    ['items', step('a', 'map', { items: '${{ 5 }}', step: task('t') }), 'map/items'],
  ])('should fail naming the field when %s cannot be worked out', (_, wrong, field) => {
    const run = new RunSpec().start([wrong], {}, { parameters: { long: 'x'.repeat(500) } });
    expect(run.run).toMatchObject({ status: 'failed', failure: { node: 'a', class: 'expression_failed' } });
    expect(run.run?.failure?.message).toContain(`${field} cannot be worked out: `);
  });

  it('should fail when what it gave is too large to be handed on', () => {
    const run = new RunSpec().start([task('a')]).done('a', 'x'.repeat(128 * 1024));
    expect(run.run?.failure).toMatchObject({ node: 'a', class: 'output_too_large' });
  });
});
