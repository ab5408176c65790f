import {
  budgetKey,
  removeBudget,
  reportUsage,
  resetBudget,
  setBudget,
  settingsEvents,
  startTask,
  type BudgetScope,
  type BudgetTerms,
  type DataOf,
  type UsageReport,
} from '@ao/contracts';
import { createEventLog, type EventLog } from '@ao/event-log';
import { derivedId, isRejection, isoTime, newId } from '@ao/kernel';
import { eventually } from '@ao/testing';
import { TasksFixture, type Assigned } from './tasks.testing';

const MILLION = 1_000_000;

/** Usage and budgets as services see them: everything real but the registry, the gateway and identity. */
describe('usage and budgets of tasks', () => {
  let fixture: TasksFixture;
  let identity: EventLog;

  beforeAll(async () => {
    fixture = await TasksFixture.start();
    identity = createEventLog({ pool: fixture.stack.database.pool('identity') });
    // A dollar for a million tokens of any model.
    await settingChanges('costs.prices', [
      {
        ...{ provider: 'test', model: '*', input_per_million: 1, output_per_million: 1 },
        ...{ currency: 'USD', effective_from: '2020-01-01' },
      },
    ]);
  }, 60_000);
  afterAll(async () => {
    await identity?.close();
    await fixture?.stop();
  }, 60_000);

  async function settingChanges(name: string, value: unknown): Promise<void> {
    const command_id = newId();
    const data = { changes: [{ name, value, previous: null }], at: isoTime(Date.now()) };
    const { schemaVersion: schema_version } = settingsEvents.SettingsChanged;
    await identity.append({
      streams: [
        { stream_id: `settings-${derivedId('settings')}`, events: [{ type: 'SettingsChanged', schema_version, data }] },
      ],
      metadata: { ...fixture.metadata(), command_id },
      command_hash: command_id.replaceAll('-', '').repeat(2),
      result: {},
    });
  }

  const report = (input_tokens: number, changes: Partial<UsageReport> = {}): UsageReport => ({
    ...{ report_id: newId(), provider: 'test', model: 'm', input_tokens, output_tokens: 0, cached_input_tokens: 0 },
    duration_ms: 5,
    ...changes,
  });

  /** A task in the hands of an agent of its own. */
  async function held(
    type = 'llm',
  ): Promise<{ agent_id: string; task: Assigned; lease: { task_id: string; agent_id: string; lease_token: string } }> {
    const skill = fixture.capability();
    const agent_id = await fixture.agent({ capabilities: [skill], max_concurrent_tasks: 100, connect: 100 });
    const task_id = await fixture.submit({ type, requirements: { capabilities: [skill] } });
    const task = await fixture.assignment(agent_id, task_id);
    return { agent_id, task, lease: { task_id, agent_id, lease_token: task.leaseToken } };
  }

  const usageOf = async (task_id: string) =>
    (
      await fixture.admin.query<{ data: Record<string, unknown> }>(
        'select data from event_log.events where stream_id = $1 order by version',
        [`usage-${task_id}`],
      )
    ).rows.map(({ data }) => data);
  const eventsOf = async (scope: BudgetScope) =>
    (
      await fixture.admin.query<{ type: string; data: Record<string, unknown> }>(
        'select type, data from event_log.events where stream_id = $1 order by version',
        [`budget-${derivedId('budget', ...budgetKey(scope))}`],
      )
    ).rows;
  const terms = (changes: Partial<DataOf<typeof setBudget>> & { scope: BudgetScope }): DataOf<typeof setBudget> => ({
    monthly_limit_micros: MILLION,
    thresholds: [{ percent: 100, action: 'stop' }] satisfies BudgetTerms['thresholds'],
    ...changes,
  });

  describe('reports', () => {
    it('should count once, with what the task and its lease say', async () => {
      const { lease } = await held();
      const [first, second] = [report(10), report(20, { cost: { micros: 7, currency: 'EUR' } })];
      await expect(fixture.done(reportUsage, { ...lease, reports: [first] })).resolves.toEqual({
        ...{ recorded: 1, repeated: 0 },
      });
      await expect(fixture.done(reportUsage, { ...lease, reports: [first, second] })).resolves.toEqual({
        ...{ recorded: 1, repeated: 1 },
      });
      expect(await usageOf(lease.task_id)).toEqual([
        expect.objectContaining({
          ...first,
          ...lease,
          task_type: 'llm',
          attempt: 1,
          day: isoTime(Date.now()).slice(0, 10),
        }),
        expect.objectContaining({ ...second, ...lease }),
      ]);
    });

    it('should count under a lease that is over, and without its token', async () => {
      const { lease, agent_id } = await held();
      await fixture.done(startTask, lease);
      await fixture.offline(agent_id);
      await fixture.happened(lease.task_id, 'TaskLeaseExpired');
      await fixture.done(reportUsage, { ...lease, reports: [report(1)] });
      await fixture.done(reportUsage, { task_id: lease.task_id, agent_id, reports: [report(2)] });
      expect(await usageOf(lease.task_id)).toHaveLength(2);
    });

    it('should be refused where there never was such a lease', async () => {
      const { lease, agent_id } = await held();
      const refused = async (change: Partial<DataOf<typeof reportUsage>>) => {
        const result = await fixture.send(reportUsage, { ...lease, reports: [report(1)], ...change });
        return isRejection(result) ? [result.rejection, result.code] : 'taken';
      };
      await expect(refused({ lease_token: newId() })).resolves.toEqual(['conflict', 'lease_unknown']);
      await expect(refused({ agent_id: newId() })).resolves.toEqual(['conflict', 'lease_unknown']);
      await expect(refused({ agent_id: newId(), lease_token: undefined })).resolves.toEqual([
        'conflict',
        'lease_unknown',
      ]);
      await expect(refused({ task_id: newId() })).resolves.toEqual(['not_found', 'task_not_found']);
      const waiting = await fixture.submit({ requirements: { capabilities: [fixture.capability()] } });
      await expect(refused({ task_id: waiting, agent_id, lease_token: undefined })).resolves.toEqual([
        'conflict',
        'lease_unknown',
      ]);
      expect(await usageOf(lease.task_id)).toEqual([]);
    });
  });

  describe('budgets', () => {
    it('should stop a type of tasks when it is spent, tell so once, and let them go on after a reset', async () => {
      const type = `type-${newId()}`;
      const scope = { kind: 'task_type', task_type: type } as const;
      const thresholds = [
        { percent: 50, action: 'warn' as const },
        { percent: 100, action: 'stop' as const },
      ];
      await fixture.done(setBudget, terms({ scope, thresholds }));
      const { lease, agent_id } = await held(type);
      const reached = async () =>
        (await eventsOf(scope)).filter((event) => event.type === 'BudgetThresholdReached').map(({ data }) => data);
      await fixture.done(reportUsage, { ...lease, reports: [report(600_000)] });
      await eventually(async () => expect(await reached()).toMatchObject([{ percent: 50, spent_micros: 600_000 }]));
      await fixture.done(reportUsage, { ...lease, reports: [report(400_000), report(0)] });
      await eventually(async () =>
        expect(await reached()).toMatchObject([
          { percent: 50 },
          { percent: 100, spent_micros: MILLION, action: 'stop' },
        ]),
      );
      await fixture.done(reportUsage, { ...lease, reports: [report(1)] });

      const skill = fixture.capability();
      const other = await fixture.agent({ capabilities: [skill], max_concurrent_tasks: 100, connect: 100 });
      const task = { requirements: { capabilities: [skill] } };
      const stopped = await fixture.submit({ ...task, type });
      const free = await fixture.submit({ ...task, type: 'another' });
      await fixture.assignment(other, free);
      expect(await fixture.types(stopped)).toEqual(['TaskSubmitted']);
      await fixture.done(resetBudget, { scope });
      await fixture.assignment(other, stopped);
      expect((await reached()).length).toBe(2);
      expect(agent_id).not.toBe(other);
    });

    it('should stop one agent when it has spent its own, and let it go on with a higher limit', async () => {
      const { lease, agent_id } = await held();
      const scope = { kind: 'agent', agent_id } as const;
      await fixture.done(reportUsage, { ...lease, reports: [report(MILLION)] });
      await fixture.done(setBudget, terms({ scope }));
      await eventually(async () =>
        expect((await eventsOf(scope)).map(({ type }) => type)).toEqual(['BudgetSet', 'BudgetThresholdReached']),
      );
      // Pinned to it: nobody else may take it.
      const waiting = await fixture.submit({ requirements: { capabilities: [], agent_id } });
      const { lease: elsewhere } = await held();
      expect(elsewhere.agent_id).not.toBe(agent_id);
      expect(await fixture.types(waiting)).toEqual(['TaskSubmitted']);
      await fixture.done(setBudget, { scope, monthly_limit_micros: 2 * MILLION });
      await fixture.assignment(agent_id, waiting);
    });

    it('should give out so many tasks a minute when throttled', async () => {
      const type = `type-${newId()}`;
      const scope = { kind: 'task_type', task_type: type } as const;
      await fixture.done(
        setBudget,
        terms({ scope, thresholds: [{ percent: 1, action: 'throttle', tasks_per_minute: 2 }] }),
      );
      const { lease, agent_id, task } = await held(type);
      await fixture.done(reportUsage, { ...lease, reports: [report(MILLION)] });
      await eventually(async () => expect(await eventsOf(scope)).toHaveLength(2));
      const skill = (await fixture.events(task.taskId)).flatMap((event) =>
        event.type === 'TaskSubmitted' ? event.data.requirements.capabilities : [],
      );
      const tasks = await Promise.all(
        Array.from({ length: 4 }, () => fixture.submit({ type, requirements: { capabilities: skill } })),
      );
      const given = () => fixture.assignmentsOf(agent_id).filter(({ taskId }) => tasks.includes(taskId));
      await eventually(() => expect(given()).toHaveLength(2));
      // Something else goes out meanwhile, and these do not.
      await fixture.assignment(agent_id, await fixture.submit({ requirements: { capabilities: skill } }));
      expect(given()).toHaveLength(2);
      await fixture.done(removeBudget, { scope });
      await eventually(() => expect(given()).toHaveLength(4));
    });

    it('should hold after a restart what it held before, and count on from there', async () => {
      const type = `type-${newId()}`;
      const scope = { kind: 'task_type', task_type: type } as const;
      const { lease } = await held(type);
      await fixture.done(setBudget, terms({ scope }));
      await fixture.done(reportUsage, { ...lease, reports: [report(MILLION - 1)] });
      await fixture.stack.service('tasks').kill();
      await fixture.stack.restart('tasks');
      await fixture.done(reportUsage, { ...lease, reports: [report(1)] });
      await eventually(async () =>
        expect((await eventsOf(scope)).at(-1)).toMatchObject({ data: { percent: 100, spent_micros: MILLION } }),
      );
      await fixture.stack.restart('tasks');
      const skill = fixture.capability();
      const agent = await fixture.agent({ capabilities: [skill], max_concurrent_tasks: 9, connect: 9 });
      const requirements = { capabilities: [skill] };
      const stopped = await fixture.submit({ type, requirements });
      await fixture.assignment(agent, await fixture.submit({ type: 'another', requirements }));
      expect(await fixture.types(stopped)).toEqual(['TaskSubmitted']);
      expect(await eventsOf(scope)).toHaveLength(2);
    });

    it('should follow prices: what was spent is counted anew', async () => {
      const type = `type-${newId()}`;
      const scope = { kind: 'task_type', task_type: type } as const;
      const { lease } = await held(type);
      await fixture.done(setBudget, terms({ scope }));
      await fixture.done(reportUsage, { ...lease, reports: [report(MILLION, { provider: type })] });
      await settingChanges('costs.prices', [
        {
          ...{ provider: type, model: 'm', input_per_million: 1.5, output_per_million: 0 },
          ...{ currency: 'USD', effective_from: '2020-01-01' },
        },
      ]);
      await eventually(async () =>
        expect((await eventsOf(scope)).at(-1)).toMatchObject({ data: { percent: 100, spent_micros: 1_500_000 } }),
      );
    });

    it('should tell of a threshold once, however many replicas count, and hold after a takeover', async () => {
      await fixture.replica();
      const type = `type-${newId()}`;
      const scope = { kind: 'task_type', task_type: type } as const;
      const { lease } = await held(type);
      await settingChanges('costs.prices', [
        {
          ...{ provider: 'test', model: '*', input_per_million: 1, output_per_million: 1 },
          ...{ currency: 'USD', effective_from: '2020-01-01' },
        },
      ]);
      await fixture.done(setBudget, terms({ scope }));
      await Promise.all(
        Array.from({ length: 20 }, () => fixture.done(reportUsage, { ...lease, reports: [report(MILLION / 10)] })),
      );
      await eventually(async () => expect(await eventsOf(scope)).toHaveLength(2), { timeoutMs: 10_000 });
      await fixture.stack.service('tasks').kill();
      const skill = fixture.capability();
      const agent = await fixture.agent({ capabilities: [skill], max_concurrent_tasks: 9 });
      const requirements = { capabilities: [skill] };
      const stopped = await fixture.submit({ type, requirements });
      const free = await fixture.submit({ type: 'another', requirements });
      fixture.connect(agent, 9);
      await fixture.assignment(agent, free);
      expect(await fixture.types(stopped)).toEqual(['TaskSubmitted']);
      expect((await eventsOf(scope)).map((event) => event.type)).toEqual(['BudgetSet', 'BudgetThresholdReached']);
      await fixture.stack.restart('tasks');
    });

    it('rejects a new one without a limit, and what is said of none', async () => {
      const scope = { kind: 'task_type', task_type: `type-${newId()}` } as const;
      const codes = await Promise.all([
        fixture.send(setBudget, { scope, currency: 'USD' }),
        fixture.send(resetBudget, { scope }),
        fixture.send(removeBudget, { scope }),
      ]);
      expect(codes.map((result) => isRejection(result) && result.code)).toEqual([
        ...['monthly_limit_required', 'budget_not_found', 'budget_not_found'],
      ]);
    });
  });
});
