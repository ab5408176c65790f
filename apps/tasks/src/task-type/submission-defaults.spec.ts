import type { TaskOrder, TaskTypeDefaults } from '@ao/contracts';
import { SubmissionDefaults } from './submission-defaults';
import { taskTypeId } from './task-type.decider';

const at = '2026-01-01T00:00:00.000Z';
const order: TaskOrder = { type: 'ocr', payload: {}, requirements: { capabilities: [] } };
const EVERYWHERE = {
  ...{ priority: 40, lease_seconds: 60 },
  retry: { max_attempts: 3, initial_delay_ms: 1_000, factor: 2, max_delay_ms: 300_000, jitter: 0.2 },
};

function defaultsOf(...types: [type: string, defaults: TaskTypeDefaults | null][]) {
  const defaults = new SubmissionDefaults();
  for (const [type, given] of types) {
    const data = { task_type_id: taskTypeId(type), type, ...given, at };
    defaults.apply({ category: 'tasktype', type: given ? 'TaskTypeConfigured' : 'TaskTypeDeleted', data });
  }
  return defaults;
}
const leaseSetting = (value: number) => ({
  ...{ category: 'settings', type: 'SettingsChanged' },
  data: { changes: [{ name: 'tasks.lease_seconds', value, previous: 60 }], at },
});

describe('what a submission does not say', () => {
  it('should be as everywhere while nobody says otherwise', () => {
    expect(defaultsOf(['scan', { priority: 80 }]).complete(order)).toEqual({ ...order, ...EVERYWHERE });
  });

  it('should be as the setting says, rather as its type says, and rather as it says itself', () => {
    const defaults = defaultsOf();
    defaults.apply(leaseSetting(120));
    expect(defaults.complete(order)).toMatchObject({ lease_seconds: 120 });
    const typed = defaultsOf(['ocr', { lease_seconds: 30, priority: 80, on_agent_lost: 'fail' }]);
    typed.apply(leaseSetting(120));
    expect(typed.complete(order)).toEqual({
      ...{ ...order, ...EVERYWHERE },
      ...{ lease_seconds: 30, priority: 80, on_agent_lost: 'fail' },
    });
    const said = { ...order, lease_seconds: 5, priority: 0, on_agent_lost: 'wait' } as const;
    expect(typed.complete(said)).toMatchObject({ lease_seconds: 5, priority: 0, on_agent_lost: 'wait' });
  });

  it('should take each part of the retry policy from whoever says it first', () => {
    const defaults = defaultsOf(['ocr', { retry: { max_attempts: 7, jitter: 0, non_retryable: ['bad_input'] } }]);
    expect(defaults.complete({ ...order, retry: { max_attempts: 1, factor: 3 } }).retry).toEqual({
      ...EVERYWHERE.retry,
      ...{ max_attempts: 1, jitter: 0, factor: 3, non_retryable: ['bad_input'] },
    });
  });

  it('should follow changes, and the end of them', () => {
    const replaced = defaultsOf(['ocr', { priority: 80 }], ['ocr', { lease_seconds: 9 }]);
    expect(replaced.complete(order)).toEqual({ ...order, ...EVERYWHERE, lease_seconds: 9 });
    expect(defaultsOf(['ocr', { priority: 80 }], ['ocr', null]).complete(order)).toEqual({ ...order, ...EVERYWHERE });
  });

  it('should leave what else is ordered as it is', () => {
    const more = { ...order, delay_seconds: 5, concurrency_key: 'host-1' };
    expect(defaultsOf().complete(more)).toEqual({ ...more, ...EVERYWHERE });
  });
});
