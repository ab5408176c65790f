import { TASK_STATUSES, type TaskStatus } from '@ao/contracts';
import type { TaskReadModel } from '../../projections/tasks/task.read-model';
import { presentDetailedTask, presentListedTask } from './task.presenter';
import { CreateTaskBody } from './task.schemas';
import { STATUSES_OF, operationsPriority, operationsTaskStatus, prioritiesOf, priorityOf } from './task.words';

const ID = '01890a5d-ac96-774b-bcce-b302099a8057';
const AGENT = '01890a5d-ac96-774b-bcce-b302099a8058';
const AT = (seconds: number) => new Date(Date.UTC(2024, 0, 1, 10, 0, seconds)).toISOString();

const task = (changes: Partial<TaskReadModel> = {}): TaskReadModel => ({
  ...{ task_id: ID, type: 'data_processing', payload: { source: 'database' }, priority: 40, pool: 'default' },
  ...{ requirements: { capabilities: [] }, lease_seconds: 60, status: 'queued', submitted_at: AT(0) },
  retry: { max_attempts: 3, initial_delay_ms: 0, factor: 1, max_delay_ms: 0, jitter: 0 },
  ...{ agent_id: null, attempt: 0, assigned_at: null, first_assigned_at: null, started_at: null, ended_at: null },
  ...{ retry_at: null, failed_attempts: 0, result: null, failure: null, reason: null, prompt: null, waits_for: [] },
  ...{ late_results: 0, updated_at: AT(0), ready_at: AT(0), assignments: 0, failed_assignments: 0 },
  ...changes,
});
const around = { logs: [], durations: [], now: Date.parse(AT(60)) };

describe('a task in the words of the operations document', () => {
  it.each<[string, TaskStatus[]]>([
    ['pending', ['scheduled', 'queued', 'assigned']],
    ['running', ['running', 'paused', 'input_required']],
    ['completed', ['completed']],
    ['failed', ['failed', 'cancelled', 'expired', 'dead_lettered']],
  ])('should be %s while it is one of %j', (word, statuses) => {
    expect(TASK_STATUSES.filter((status) => operationsTaskStatus(status) === word)).toEqual(statuses);
    for (const status of statuses)
      expect(presentListedTask(task({ status }))).toMatchObject({ status: word, status_detail: status });
  });

  it('should have a word for every status and for every priority, and find each by its word', () => {
    expect(Object.values(STATUSES_OF).flat().sort()).toEqual([...TASK_STATUSES].sort());
    for (let priority = 0; priority <= 100; priority += 1) {
      const word = operationsPriority(priority);
      const { lowest, highest } = prioritiesOf(word);
      expect(priority >= lowest && priority <= highest).toBe(true);
    }
    for (const word of ['low', 'medium', 'high', 'critical'] as const)
      expect(operationsPriority(priorityOf(word))).toBe(word);
    expect(operationsPriority(100)).toBe('critical');
  });

  it('should be told as the document prints it', () => {
    const ended = task({
      ...{ agent_id: AGENT, status: 'completed', started_at: AT(60), ended_at: AT(300) },
      result: { records_processed: 1000, success: true },
    });
    expect(presentListedTask(ended)).toEqual({
      id: 'task_01890a5dac96774bbcceb302099a8057',
      agent_id: 'agent_01890a5dac96774bbcceb302099a8058',
      ...{ type: 'data_processing', status: 'completed', status_detail: 'completed', priority: 'medium' },
      ...{ created_at: AT(0), started_at: AT(60), completed_at: AT(300), duration: 240 },
      result: { records_processed: 1000, success: true },
    });
  });

  it('should belong to the agent that it is pinned to before anybody has it', () => {
    const pinned = task({ requirements: { capabilities: [], agent_id: AGENT } });
    expect(presentListedTask(pinned).agent_id).toBe('agent_01890a5dac96774bbcceb302099a8058');
    expect(presentListedTask(task()).agent_id).toBeNull();
  });

  it('should tell progress in per cent at any time', () => {
    const progress = { progress: 65, message: null };
    expect(presentDetailedTask(task(), around).progress).toBe(0);
    expect(presentDetailedTask(task({ status: 'running' }), { ...around, progress }).progress).toBe(65);
    expect(presentDetailedTask(task({ status: 'completed' }), { ...around, progress }).progress).toBe(100);
  });

  it('should tell when a running task is likely to be done, and of no other', () => {
    const durations = [60_000, 90_000, 120_000, 150_000, 180_000];
    const known = { ...around, durations };
    const running = { status: 'running', started_at: AT(30) } as const;
    expect(presentDetailedTask(task(running), known).estimated_completion).toBe(AT(30 + 120));
    expect(presentDetailedTask(task(running), around).estimated_completion).toBeNull();
    expect(presentDetailedTask(task({ ...running, status: 'paused' }), known).estimated_completion).toBeNull();
    expect(presentDetailedTask(task(), known).estimated_completion).toBeNull();
  });
});

describe('a task as the operations document creates it', () => {
  const parse = (schedule: unknown) => CreateTaskBody.safeParse({ type: 'x', schedule });

  it('should be given out at once, at a time, or after a delay', () => {
    expect(CreateTaskBody.parse({ type: 'x' }).schedule).toEqual({ type: 'immediate' });
    expect(parse({ type: 'at', at: '2030-01-01T02:00:00+02:00' }).data?.schedule).toEqual({
      ...{ type: 'at', at: '2030-01-01T00:00:00.000Z' },
    });
    expect(parse({ type: 'delay', delay_seconds: 90 }).data?.schedule).toEqual({ type: 'delay', delay_seconds: 90 });
  });

  it('should be made again and again by cron', () => {
    const cron = { type: 'cron', expression: '30 2 * * *' };
    expect(parse(cron).data?.schedule).toEqual({ ...cron, time_zone: 'UTC' });
  });

  it.each([
    [{ type: 'daily' }, 'type', 'must be immediate, at, delay or cron'],
    [{ type: 'cron', expression: '* * * *' }, 'expression', 'must have 5 fields, or 6 with seconds first'],
    [{ type: 'cron', expression: '* * * * *', time_zone: 'Mars/X' }, 'time_zone', 'must be an IANA time zone'],
  ])('rejects %j, and says where', (schedule, field, message) => {
    expect(parse(schedule).error?.issues).toMatchObject([{ path: ['schedule', field], message }]);
  });
});
