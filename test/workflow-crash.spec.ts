import { spawn, type ChildProcess } from 'node:child_process';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { isEnded, WorkflowDefinition, type RunDocument } from '@ao/contracts';
import { createCommandShell, createEventLog, createPool, type CommandShell, type EventLog } from '@ao/event-log';
import { isRejection, newId } from '@ao/kernel';
import { eventually, testMetadata, testStack, type TestStack } from '@ao/testing';
import type { Pool } from 'pg';
import { signalAggregate } from '../apps/workflows/src/signal/signal.decider';
import { signalKeyOf } from '../apps/workflows/src/process/work';
import { runAggregate } from '../apps/workflows/src/run/run.aggregate';
import { registerAgents, WorkflowsClient } from './workflow.fixture';

const PLACES = [
  ...['before-commit', 'after-commit', 'before-tasks.submit_task', 'after-tasks.submit_task', 'after-task-told'],
  ...['before-woken', 'after-woken', 'after-signal-taken', 'after-signal-delivered', 'before-answer-told'],
];
const BETWEEN_CRASHES = 3;
const CAPABILITY = 'works';
const REST_SECONDS = 0.15;

const task = (key: string) => ({ key, name: key, type: 'task', task: { type: key, capabilities: [CAPABILITY] } });

/** T6 and the rest: each step done once, no timer early, whenever the process that carries runs out is killed. */
describe('runs when the process that carries them out is killed', () => {
  // Processes start slowly on a machine that is busy with other things.
  jest.setTimeout(240_000);
  let stack: TestStack;
  let api: WorkflowsClient;
  let pool: Pool;
  let log: EventLog;
  let shell: CommandShell;
  let receiver: http.Server;
  const requested: string[] = [];
  const children = new Set<ChildProcess>();

  beforeAll(async () => {
    stack = await testStack({ services: ['tasks'] });
    const { url: natsUrl, credentials } = stack.nats;
    api = await WorkflowsClient.connect({ natsUrl, credentials: credentials('gateway') }, () =>
      stack.database.pool('admin'),
    );
    const agent_id = newId();
    const registry = credentials('registry');
    await registerAgents(stack.database.urlFor('registry'), natsUrl, registry, [
      { agent_id, capabilities: [CAPABILITY], most: 1_000 },
    ]);
    api.agent(agent_id, ({ type }) => ({ success: true, result: type }));
    pool = createPool(stack.database.urlFor('workflows'), { applicationName: 'test', max: 2 });
    log = createEventLog({ pool });
    await log.ready();
    shell = createCommandShell(log);
    receiver = http.createServer((request, response) => {
      requested.push(String(request.headers['webhook-id']));
      request.resume().on('end', () => response.end());
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    for (const child of children) child.kill('SIGKILL');
    await eventually(() => expect(children.size).toBe(0));
  });
  afterAll(async () => {
    receiver?.closeAllConnections();
    receiver?.close();
    await log?.close();
    await pool?.end();
    await api?.stop();
    await stack?.stop();
  });

  function start(env: Readonly<Record<string, string>> = {}): { child: ChildProcess; exited: Promise<unknown> } {
    const root = path.resolve(__dirname, '..');
    const { user, password } = stack.nats.credentials('workflows');
    const child = spawn(
      process.execPath,
      ['-r', path.join(root, 'scripts/register.cjs'), path.join(__dirname, 'workflow-replica.main.ts')],
      {
        cwd: root,
        env: {
          ...{ PATH: process.env.PATH, HOME: process.env.HOME, NODE_ENV: 'test', ...env },
          ...{ DATABASE_URL: stack.database.urlFor('workflows'), NATS_URL: stack.nats.url },
          ...{ NATS_USER: user, NATS_PASSWORD: password },
        },
        stdio: ['pipe', 'ignore', 'inherit'],
      },
    );
    children.add(child);
    const exited = new Promise((resolve) => child.once('exit', resolve));
    void exited.then(() => children.delete(child));
    return { child, exited };
  }

  /** Every kind of work, one after the other; the signal is there already. */
  async function startRuns(count: number): Promise<string[]> {
    const { port } = receiver.address() as AddressInfo;
    return Promise.all(
      Array.from({ length: count }, async () => {
        const run_id = newId();
        const correlation = run_id;
        const signal = { signal_id: newId(), name: 'go', correlation, payload: null, sent_by: null };
        await shell.run(signalAggregate, signalKeyOf('go', correlation), {
          ...{ type: 'KeepSignal', data: signal, metadata: testMetadata() },
        });
        const steps = [
          task('first'),
          { key: 'rest', name: 'rest', type: 'timer', timer: { seconds: REST_SECONDS } },
          { key: 'wait', name: 'wait', type: 'signal', signal: { name: 'go', correlation } },
          { key: 'call', name: 'call', type: 'webhook', webhook: { url: `http://127.0.0.1:${port}/` } },
          task('last'),
        ];
        const started = await shell.run(runAggregate, run_id, {
          type: 'StartRun',
          data: {
            ...{ run_id, workflow_id: newId(), workflow_name: 'crash', version: 1, parameters: {}, priority: 40 },
            definition: WorkflowDefinition.parse({ steps }),
            ...{ cause: { kind: 'request', id: null }, parent: null, depth: 0, started_by: null, fork: null },
          },
          metadata: testMetadata(),
        });
        if (isRejection(started)) throw new Error(started.message);
        return run_id;
      }),
    );
  }

  async function right(run: RunDocument): Promise<void> {
    expect([run.run_id, run.status]).toEqual([run.run_id, 'completed']);
    for (const [name, { attempt, started_at, ended_at, work }] of Object.entries(run.nodes)) {
      expect([name, attempt]).toEqual([name, 1]);
      if (work?.type === 'timer') {
        expect(Date.parse(ended_at!) - Date.parse(started_at!)).toBeGreaterThanOrEqual(REST_SECONDS * 1_000);
      } else if (work?.type === 'task') {
        const types = await api.taskEvents(work.task_id);
        expect(types.filter((type) => type === 'TaskSubmitted' || type === 'TaskCompleted')).toHaveLength(2);
      } else if (work?.type === 'webhook') {
        expect(requested.filter((id) => id === work.request_id).length).toBeGreaterThan(0);
      }
    }
  }

  it('should come to their right ends, after a crash at every place', async () => {
    const runs: string[] = [];
    // Each goes on with what the one before left behind, and then dies in its own way.
    for (const place of PLACES) {
      runs.push(...(await startRuns(BETWEEN_CRASHES)));
      const { child } = start({ CRASH: place });
      await eventually(() => expect([place, child.signalCode]).toEqual([place, 'SIGKILL']), { timeoutMs: 60_000 });
    }
    start();
    for (const run of runs) await right(await api.ended(run, 60_000));
    const { rows } = await stack.database.pool('admin').query(`select run_id, count(*)::int as taken from (
                select data ->> 'run_id' as run_id from event_log.events where type = 'SignalTaken') as t group by run_id`);
    expect(rows).toHaveLength(runs.length);
    expect(rows.every(({ taken }: { taken: number }) => taken === 1)).toBe(true);
    await eventually(async () => {
      const { rows: open } = await stack.database.pool('admin').query('select * from workflows.run_work');
      expect(open).toEqual([]);
    });
  });

  it('should notice what is written as begun before it is (control)', async () => {
    const runs = await startRuns(BETWEEN_CRASHES);
    await start({ CRASH: 'before-tasks.submit_task', FAULT: 'done-first' }).exited;
    start();
    const statuses = async () => Promise.all(runs.map(async (run) => isEnded((await api.run(run)).status)));
    await eventually(async () => expect((await statuses()).filter((ended) => ended).length).toBeGreaterThan(0), {
      timeoutMs: 60_000,
    });
    // Those that the table says are begun never come to an end.
    const { rows } = await stack.database
      .pool('admin')
      .query<{ work_id: string }>(`select work_id from workflows.run_work where kind = 'task' and state = 'open'`);
    const unknown = await Promise.all(rows.map(async ({ work_id }) => (await api.taskEvents(work_id)).length === 0));
    expect(unknown).toContain(true);
  });
});
