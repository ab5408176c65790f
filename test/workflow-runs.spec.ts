import { readFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import {
  cancelRun,
  createSecret,
  decideApproval,
  forkRun,
  pauseRun,
  resumeRun,
  retryRun,
  sendSignal,
  startRun,
  type RunDocument,
} from '@ao/contracts';
import { isRejection, newId } from '@ao/kernel';
import { newSigningSecret, signWebhook } from '@ao/outbound';
import { eventually, startService, testStack, type StartedService, type TestStack } from '@ao/testing';
import { parse } from 'yaml';
import { registerAgents, WorkflowsClient } from './workflow.fixture';

const CAPABILITY = 'works';
const UNKNOWN = '01890a5d-ac96-774b-bcce-b302099a8057';

const task = (key: string, more: object = {}, change: object = {}) => ({
  ...{ key, name: key, type: 'task', ...more },
  task: { type: key, capabilities: [CAPABILITY], payload: {}, ...change },
});
const undo = (type: string) => ({ compensation: { type: 'task', task: { type, capabilities: [CAPABILITY] } } });
const signal = (key: string, more: object = {}, change: object = {}) => ({
  ...{ key, name: key, type: 'signal', ...more },
  signal: { name: 'go', ...change },
});
/** No second try, which tasks have by themselves. */
const ONCE = { retry: { max_attempts: 1 } };

interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

/** The process manager with everything real but the gateway, the registry and the agents, whom this file plays. */
describe('runs of workflows', () => {
  let stack: TestStack;
  let api: WorkflowsClient;
  let receiver: http.Server;
  let url: string;
  const received: Received[] = [];
  const replicas: StartedService[] = [];
  /** By the type of a task: how often it fails yet. */
  const failures = new Map<string, number>();
  const worked: string[] = [];

  beforeAll(async () => {
    stack = await testStack({ services: ['workflows', 'tasks', 'identity'] });
    const { url: natsUrl, credentials } = stack.nats;
    api = await WorkflowsClient.connect({ natsUrl, credentials: credentials('gateway') }, () =>
      stack.database.pool('admin'),
    );
    const agent_id = newId();
    const registry = credentials('registry');
    await registerAgents(stack.database.urlFor('registry'), natsUrl, registry, [
      { agent_id, capabilities: [CAPABILITY], most: 1_000 },
    ]);
    api.agent(agent_id, ({ type, payload }) => {
      if (type === 'hangs') return undefined;
      const left = failures.get(type) ?? 0;
      failures.set(type, left - 1);
      if (left > 0) return { success: false, failure: { class: 'no_luck', message: 'Not today', retryable: false } };
      worked.push(type);
      return { success: true, result: { did: type, with: payload } };
    });
    receiver = http.createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { method = '', url: path = '', headers } = request;
        received.push({ method, url: path, headers, body: Buffer.concat(chunks).toString() });
        if (path === '/hangs') return;
        const of = (one: Received) => one.url === path;
        const status = path === '/busy' && received.filter(of).length === 1 ? 503 : path === '/gone' ? 404 : 200;
        response.writeHead(status, { 'content-type': 'application/json' }).end('{"said": "thanks"}');
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
  }, 120_000);
  afterAll(async () => {
    receiver?.closeAllConnections();
    receiver?.close();
    await api?.stop();
    await Promise.all(replicas.map((replica) => replica.kill()));
    await stack?.stop();
  });

  const workOf = (run: RunDocument, node: string) => run.nodes[node]!.work as unknown as Record<string, string>;
  const order = (run: RunDocument) =>
    Object.entries(run.nodes)
      .filter(([, { completed_as }]) => completed_as !== undefined)
      .sort(([, a], [, b]) => a.completed_as! - b.completed_as!)
      .map(([node]) => node);
  const codeOf = async (answer: ReturnType<typeof api.send>) => {
    const result = await answer;
    return isRejection(result) ? [result.rejection, result.code] : 'done';
  };
  const openWork = async () => {
    const { rows } = await stack.database.pool('admin').query('select kind, node, state from workflows.run_work');
    return rows as unknown[];
  };

  it('should carry out steps one after the other, with what the ones before gave', async () => {
    const workflow = await api.workflow([
      task('first', {}, { payload: { n: '${{ parameters.n }}' } }),
      task('second', {}, { payload: { of: '${{ steps.first.output.with.n + 1 }}' } }),
      task('third', {}, { payload: { of: '${{ steps.second.output.did }}' } }),
    ]);
    const run = await api.ended(await api.start(workflow, { n: 4 }));
    expect(run).toMatchObject({
      ...{ status: 'completed', output: { third: { did: 'third', with: { of: 'second' } } } },
      nodes: { second: { output: { did: 'second', with: { of: 5 } } } },
    });
    const { rows } = await stack.database
      .pool('admin')
      .query(`select data -> 'run' as run from event_log.events where type = 'TaskSubmitted' and stream_id = $1`, [
        `task-${workOf(run, 'second')['task_id']}`,
      ]);
    expect(rows).toEqual([{ run: { run_id: run.run_id, node: 'second' } }]);
  });

  it('should begin a run once per command, and refuse what cannot be run', async () => {
    const parameters = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] };
    const workflow_id = await api.workflow([task('only')], { parameters });
    const data = { workflow_id, parameters: { n: 1 }, started_by: null };
    const command_id = newId();
    const first = await api.done(startRun, data, command_id);
    expect(await api.done(startRun, data, command_id)).toEqual(first);
    expect(await codeOf(api.send(startRun, { ...data, parameters: { n: 2 } }, command_id))).toEqual([
      ...['conflict', 'idempotency_key_reused'],
    ]);
    const refused = await api.send(startRun, { ...data, parameters: { n: 'one' } });
    expect(refused).toMatchObject({ rejection: 'invalid', code: 'invalid_parameters', pointer: '/parameters/n' });
    expect(await codeOf(api.send(startRun, { ...data, workflow_id: UNKNOWN }))).toEqual([
      ...['not_found', 'workflow_not_found'],
    ]);
    expect(await codeOf(api.send(startRun, { ...data, version: 2 }))).toEqual(['not_found', 'version_not_found']);
    const empty = await api.workflow([]);
    expect(await codeOf(api.send(startRun, { ...data, workflow_id: empty }))).toEqual(['conflict', 'nothing_to_run']);
    expect((await api.ended(first.run_id)).status).toBe('completed');
    expect(await codeOf(api.send(cancelRun, { run_id: UNKNOWN, reason: '' }))).toEqual(['not_found', 'run_not_found']);
  });

  it('should do every type of step', async () => {
    const child = await api.workflow([task('in_child', {}, { payload: { of: '${{ parameters.of }}' } })]);
    const workflow = await api.workflow([
      {
        ...{ key: 'fan', name: 'fan', type: 'parallel' },
        parallel: { steps: [task('left'), task('right')] },
      },
      {
        ...{ key: 'pages', name: 'pages', type: 'map' },
        map: {
          items: '${{ parameters.pages }}',
          limit: 2,
          step: task('page', {}, { payload: { item: '${{ item }}' } }),
        },
      },
      { key: 'rest', name: 'rest', type: 'timer', timer: { seconds: 0.2 } },
      {
        ...{ key: 'check', name: 'check', type: 'condition' },
        condition: { expression: 'size(steps.pages.output) == 3', then: ['yes'], else: ['no'] },
      },
      task('yes'),
      task('no'),
      {
        ...{ key: 'nested', name: 'nested', type: 'workflow' },
        workflow: { workflow_id: child, parameters: { of: '${{ steps.yes.output.did }}' } },
      },
      {
        key: 'call',
        name: 'call',
        type: 'webhook',
        webhook: { url: `${url}/hook`, body: { n: '${{ parameters.pages }}' } },
      },
      { key: 'ask', name: 'ask', type: 'approval', approval: { title: 'Go on?', arguments: { of: 'all' } } },
      signal('wait'),
    ]);
    const run_id = await api.start(workflow, { pages: ['a', 'b', 'c'] });
    const asked = await api.node(run_id, 'ask', 'running');
    const by = `user:${newId()}`;
    const { approval_id } = asked.work as { approval_id: string };
    // The approval is asked for a moment after the step has begun.
    await eventually(() =>
      api.done(decideApproval, { approval_id, vote: 'approve', comment: 'fine', by, roles: ['admin'] }),
    );
    await api.node(run_id, 'wait', 'running');
    await api.done(sendSignal, { run_id, name: 'go', payload: { on: true }, sent_by: null });
    const run = await api.ended(run_id);
    expect(run.status).toBe('completed');
    const outputs = Object.fromEntries(
      Object.entries(run.nodes).map(([node, { status, output }]) => [node, output ?? status]),
    );
    expect(outputs).toMatchObject({
      'fan/left': { did: 'left' },
      'pages/2': { did: 'page', with: { item: 'c' } },
      no: 'skipped',
      nested: { in_child: { did: 'in_child', with: { of: 'yes' } } },
      call: { status: 200, body: { said: 'thanks' } },
    });
    expect(run.nodes['ask']).toMatchObject({ status: 'completed' });
    expect(JSON.stringify(run.nodes['wait']!.output)).toContain('"on":true');
    const rested = run.nodes['rest']!;
    expect(Date.parse(rested.ended_at!) - Date.parse(rested.started_at!)).toBeGreaterThanOrEqual(200);
    const { child_run_id } = workOf(run, 'nested');
    expect(await api.run(child_run_id!)).toMatchObject({ parent: { run_id, node: 'nested' }, depth: 1 });
    await eventually(async () => expect(await openWork()).toEqual([]));
  });

  describe('the workflow that docs/workflows.md shows', () => {
    const page = readFileSync(path.resolve(__dirname, '../docs/workflows.md'), 'utf8');
    const [, yaml = ''] = /<!-- deploy\.yaml -->\s+```yaml\n([^]*?)```/.exec(page) ?? [];
    const { steps, ...more } = parse(yaml) as { readonly steps: readonly object[]; readonly name: string };
    let deploy: string;
    let verification: string;
    let broken: string;

    beforeAll(async () => {
      const { url: natsUrl, credentials } = stack.nats;
      const agent_id = newId();
      await registerAgents(stack.database.urlFor('registry'), natsUrl, credentials('registry'), [
        { agent_id, capabilities: ['builds', 'deploys'] },
      ]);
      api.agent(agent_id, ({ type, payload }) => {
        const results: Record<string, object> = {
          build: { image: `app:${String(payload['version'])}` },
          deploy: { before: 'app:1.0.0' },
        };
        return { success: true, result: results[type] ?? {} };
      });
      deploy = await api.workflow(steps, more);
      verification = await api.workflow([task('looks')]);
      broken = await api.workflow([task('breaks', ONCE)]);
    });

    async function released(version: string, verifiedBy: string): Promise<string> {
      const run_id = await api.start(deploy, { version, regions: ['eu', 'us'], verification: verifiedBy });
      const { work } = await api.node(run_id, 'release', 'running');
      const { approval_id } = work as { approval_id: string };
      const decision = { approval_id, vote: 'approve' as const, comment: '', by: `user:${newId()}` };
      await eventually(() => api.done(decideApproval, { ...decision, roles: ['approver'] }));
      return run_id;
    }
    const observed = (version: string, error_rate: number) =>
      api.done(sendSignal, {
        ...{ name: 'observed', correlation: `deploy-${version}`, payload: { error_rate }, sent_by: null },
      });
    const shipped = (run: RunDocument) => order(run).filter((node) => /^ship\/\d$/.test(node));

    it('should ship a version that is well', async () => {
      const run_id = await released('4.2.0', verification);
      await observed('4.2.0', 0);
      const run = await api.ended(run_id);
      expect(run).toMatchObject({ status: 'completed', output: { image: 'app:4.2.0', stays: true } });
      expect(run.nodes).toMatchObject({ announce: { status: 'completed' }, give_back: { status: 'skipped' } });
      expect(Object.keys(run.nodes).filter((node) => node.startsWith('undo:'))).toEqual([]);
    });

    it('should give back a version that is not', async () => {
      await observed('4.2.1', 0.2);
      const run = await api.ended(await released('4.2.1', verification));
      expect(run).toMatchObject({ status: 'completed', output: { image: 'app:4.2.1', stays: false } });
      expect(run.nodes).toMatchObject({
        announce: { status: 'skipped' },
        give_back: { status: 'completed', output: shipped(run).reverse() },
        'undo:ship/1': { work: { order: { payload: { region: 'us', image: 'app:1.0.0' } } } },
      });
    });

    it('should take back what was shipped, the last first, when the verification fails', async () => {
      failures.set('breaks', 1);
      const run = await api.ended(await released('4.2.2', broken));
      expect(run).toMatchObject({ status: 'failed', compensated: true, failure: { node: 'verify', class: 'no_luck' } });
      const undone = shipped(run).map((node) => `undo:${node}`);
      expect(order(run).filter((node) => node.startsWith('undo:'))).toEqual(undone.reverse());
    });
  });

  describe('a signal', () => {
    it('should be kept by its run until a step waits for it', async () => {
      const run_id = await api.start(await api.workflow([signal('first'), signal('second', {}, { name: 'later' })]));
      await api.done(sendSignal, { run_id, name: 'later', payload: 2, sent_by: null });
      await api.done(sendSignal, { run_id, name: 'go', payload: 1, sent_by: null });
      const run = await api.ended(run_id);
      expect([run.status, order(run), run.signals]).toEqual(['completed', ['first', 'second'], []]);
      expect(await codeOf(api.send(sendSignal, { run_id, name: 'go', payload: 1, sent_by: null }))).not.toBe('done');
    });

    it('should find the run that waits for its correlation, and only one', async () => {
      const workflow = await api.workflow([
        signal('wait', {}, { name: 'paid', correlation: 'order ${{ parameters.order }}' }),
      ]);
      const [one, two, other] = await Promise.all([1, 1, 2].map((of) => api.start(workflow, { order: of })));
      for (const run of [one, two, other]) await api.node(run!, 'wait', 'running');
      const pay = (correlation: string, payload: unknown) =>
        api.done(sendSignal, { name: 'paid', correlation, payload, sent_by: 'user:x' });
      await pay('order 2', 'of two');
      expect((await api.ended(other!)).status).toBe('completed');
      const statuses = async () => [(await api.run(one!)).status, (await api.run(two!)).status].sort();
      await pay('order 1', 'first');
      await eventually(async () => expect(await statuses()).toEqual(['completed', 'running']));
      await pay('order 1', 'second');
      await eventually(async () => expect(await statuses()).toEqual(['completed', 'completed']));
      const outputs = [await api.run(one!), await api.run(two!)].map((run) =>
        JSON.stringify(run.nodes['wait']!.output),
      );
      expect(outputs.filter((output) => output.includes('first'))).toHaveLength(1);
      expect(outputs.filter((output) => output.includes('second'))).toHaveLength(1);
    });

    it('should be kept where nobody waits for its correlation, for whoever comes to', async () => {
      const correlation = newId();
      const sent = await api.done(sendSignal, { name: 'early', correlation, payload: 'bird', sent_by: null });
      expect(sent.run_id).toBeNull();
      const run_id = await api.start(await api.workflow([signal('wait', {}, { name: 'early', correlation })]));
      expect(JSON.stringify((await api.ended(run_id)).nodes['wait']!.output)).toContain('bird');
      const taken = await stack.database
        .pool('admin')
        .query(`select data from event_log.events where type = 'SignalTaken' and data ->> 'signal_id' = $1`, [
          sent.signal_id,
        ]);
      expect(taken.rows).toMatchObject([{ data: { run_id, node: 'wait', attempt: 1 } }]);
    });
  });

  it('should begin nothing while it is paused, and take in what is at work', async () => {
    const run_id = await api.start(await api.workflow([signal('wait'), task('after')]));
    await api.node(run_id, 'wait', 'running');
    await api.done(pauseRun, { run_id, reason: 'a look' });
    await api.done(sendSignal, { run_id, name: 'go', payload: null, sent_by: null });
    expect(await api.run(run_id)).toMatchObject({ status: 'paused' });
    expect((await api.run(run_id)).nodes['after']).toBeUndefined();
    await api.done(resumeRun, { run_id });
    expect(order(await api.ended(run_id))).toEqual(['wait', 'after']);
  });

  it('should end what is at work when it is cancelled: tasks, approvals, runs', async () => {
    const child = await api.workflow([task('hangs')]);
    const workflow = await api.workflow([
      task('hangs', { depends_on: [] }),
      { key: 'ask', name: 'ask', type: 'approval', depends_on: [], approval: { title: 'Well?' } },
      { key: 'nested', name: 'nested', type: 'workflow', depends_on: [], workflow: { workflow_id: child } },
      { key: 'call', name: 'call', type: 'webhook', depends_on: [], webhook: { url: `${url}/hangs` } },
      signal('wait', { depends_on: [] }, { name: 'never', correlation: 'nobody' }),
    ]);
    const run_id = await api.start(workflow);
    const { work } = await api.node(run_id, 'hangs', 'running');
    const { task_id } = work as { task_id: string };
    await eventually(async () => expect((await api.taskEvents(task_id)).at(-1)).toBe('TaskStarted'));
    const nested = (await api.node(run_id, 'nested', 'running')).work as { child_run_id: string };
    const inner = (await eventually(() => api.node(nested.child_run_id, 'hangs', 'running'))).work as {
      task_id: string;
    };
    await eventually(() => expect(received.some((one) => one.url === '/hangs')).toBe(true));
    await api.done(cancelRun, { run_id, reason: 'changed my mind' });
    expect((await api.ended(run_id)).status).toBe('cancelled');
    expect((await api.ended(nested.child_run_id)).status).toBe('cancelled');
    for (const id of [task_id, inner.task_id])
      await eventually(async () => expect((await api.taskEvents(id)).at(-1)).toBe('TaskCancelled'));
    const { approval_id } = workOf(await api.run(run_id), 'ask');
    await eventually(async () => {
      const { rows } = await stack.database
        .pool('admin')
        .query('select type from event_log.events where stream_id = $1 order by version', [`approval-${approval_id}`]);
      expect(rows).toEqual([{ type: 'ApprovalRequested' }, { type: 'ApprovalVoided' }]);
    });
    await eventually(async () => expect(await openWork()).toEqual([]), { timeoutMs: 15_000 });
  });

  it('should end steps and runs whose time is over, not before, and try again what may be tried', async () => {
    const begun = performance.now();
    const late = await api.start(await api.workflow([task('hangs', { timeout_seconds: 0.3 })]));
    const whole = await api.start(await api.workflow([signal('wait')], { timeout_seconds: 0.3 }));
    for (const run_id of [late, whole]) {
      const run = await api.ended(run_id);
      expect(run.status).toBe('failed');
      expect(Date.parse(run.ended_at!) - Date.parse(run.started_at)).toBeGreaterThanOrEqual(300);
    }
    expect(performance.now() - begun).toBeGreaterThanOrEqual(300);
    const { task_id } = workOf(await api.run(late), 'hangs');
    await eventually(async () => expect((await api.taskEvents(task_id!)).at(-1)).toBe('TaskCancelled'));

    const busy = { key: 'call', name: 'call', type: 'webhook', webhook: { url: `${url}/busy` } };
    const again = await api.start(
      await api.workflow([{ ...busy, retry: { max_attempts: 3, initial_delay_ms: 100, jitter: 0 } }]),
    );
    expect(await api.ended(again)).toMatchObject({ status: 'completed', nodes: { call: { attempt: 2 } } });
    const gone = { key: 'call', name: 'call', type: 'webhook', webhook: { url: `${url}/gone` } };
    const failed = await api.ended(await api.start(await api.workflow([{ ...gone, retry: { max_attempts: 3 } }])));
    expect(failed).toMatchObject({ status: 'failed', failure: { node: 'call' }, nodes: { call: { attempt: 1 } } });
  });

  it('should sign its requests with a secret of the vault', async () => {
    const value = newSigningSecret();
    const { secret_id } = await api.done(createSecret, {
      ...{ name: `signs-${newId()}`, value, category: 'webhook', description: '', expires_at: null },
    });
    const webhook = {
      url: `${url}/signed`,
      method: 'PUT',
      body: { a: 1 },
      headers: { 'X-Mine': 'yes' },
      signing_secret_id: secret_id,
    };
    const run = await api.ended(
      await api.start(await api.workflow([{ key: 'call', name: 'call', type: 'webhook', webhook }])),
    );
    expect(run.status).toBe('completed');
    const [request] = received.filter((one) => one.url === '/signed');
    const id = workOf(run, 'call')['request_id']!;
    expect(request).toMatchObject({ method: 'PUT', body: '{"a":1}', headers: { 'x-mine': 'yes', 'webhook-id': id } });
    const timestamp = Number(request!.headers['webhook-timestamp']);
    const { 'webhook-signature': signature } = signWebhook({ id, timestamp, body: request!.body }, [value]);
    expect(request!.headers['webhook-signature']).toBe(signature);
  });

  it('should take back what was done, the last first, and go on from there when it is retried', async () => {
    worked.length = 0;
    const workflow = await api.workflow([
      task('book', undo('unbook')),
      task('pay', undo('refund')),
      task('ship', ONCE),
    ]);
    failures.set('ship', 1);
    const run_id = await api.start(workflow);
    const failed = await api.ended(run_id);
    expect(failed).toMatchObject({ status: 'failed', compensated: true, failure: { node: 'ship' } });
    expect(worked).toEqual(['book', 'pay', 'refund', 'unbook']);
    await api.done(retryRun, { run_id });
    expect(await api.ended(run_id)).toMatchObject({ status: 'completed', nodes: { book: { attempt: 2 } } });
    expect(worked.slice(4)).toEqual(['book', 'pay', 'ship']);
  });

  it('should go another way from a step, and leave the run as it is that it comes from', async () => {
    worked.length = 0;
    const workflow = await api.workflow([
      task('one'),
      task('two', {}, { payload: { x: '${{ parameters.x }}' } }),
      task('three'),
    ]);
    const original = await api.ended(await api.start(workflow, { x: 1 }));
    const forked = await api.done(forkRun, {
      ...{ run_id: original.run_id, from: 'two', parameters: { x: 2 }, started_by: null },
    });
    const fork = await api.ended(forked.run_id);
    expect(fork).toMatchObject({
      ...{ status: 'completed', fork: { run_id: original.run_id, from: 'two' }, cause: { kind: 'fork' } },
      nodes: { one: { carried: true }, two: { output: { with: { x: 2 } } } },
    });
    expect(worked).toEqual(['one', 'two', 'three', 'two', 'three']);
    expect(await api.run(original.run_id)).toEqual(original);
    expect(await codeOf(api.send(forkRun, { run_id: original.run_id, from: 'four', started_by: null }))).not.toBe(
      'done',
    );
  });

  it('should fail a step that cannot be begun', async () => {
    const nested = { key: 'nested', name: 'nested', type: 'workflow', workflow: { workflow_id: UNKNOWN } };
    const run = await api.ended(await api.start(await api.workflow([nested])));
    expect(run).toMatchObject({ status: 'failed', failure: { node: 'nested', class: 'workflow_not_found' } });
    // Nobody would ever take it.
    const pinned = task('pinned', {}, { agent_id: `\${{ "agent_${UNKNOWN.replaceAll('-', '')}" }}` });
    const waiting = await api.ended(await api.start(await api.workflow([pinned])));
    expect(waiting).toMatchObject({ status: 'failed', failure: { node: 'pinned', class: 'unknown_agent' } });
  });

  it('should go on when the replica that carries it out is killed', async () => {
    const workflow = await api.workflow([
      signal('wait'),
      { key: 'rest', name: 'rest', type: 'timer', timer: { seconds: 0.5 } },
      task('after'),
    ]);
    const runs = await Promise.all(Array.from({ length: 10 }, () => api.start(workflow)));
    const replica = await startService('workflows', stack.environmentOf('workflows'));
    replicas.push(replica);
    await replica.ready();
    for (const run_id of runs) await api.node(run_id, 'wait', 'running');
    await Promise.all(
      runs.map((run_id) => api.insist(sendSignal, { run_id, name: 'go', payload: null, sent_by: null })),
    );
    await stack.service('workflows').kill();
    for (const run_id of runs) {
      const run = await api.ended(run_id, 30_000);
      expect([run.status, order(run)]).toEqual(['completed', ['wait', 'rest', 'after']]);
      const { task_id } = workOf(run, 'after');
      expect((await api.taskEvents(task_id!)).filter((type) => type === 'TaskSubmitted')).toHaveLength(1);
    }
  });
});
