import { newId } from '@ao/kernel';
import { BudgetBoard, budgetId, type BudgetInput } from './budget.board';
import { BudgetGate } from './budget.gate';
import { budgetSet, openTask, thresholdReached } from './budget.testing';

describe('tasks whose budget is spent', () => {
  const MONTH = '2026-01';
  const NEXT_MONTH = Date.parse('2026-02-01T00:00:00.000Z');
  let now: number;
  let told: string[];
  const clock = { now: () => now };

  beforeEach(() => {
    now = Date.parse('2026-01-15T12:00:00.000Z');
    told = [];
  });

  function gate(...events: BudgetInput[]) {
    const board = new BudgetBoard(clock);
    const made = new BudgetGate(board, clock, {
      freed: (key) => told.push(key),
      agentChanged: (agentId) => told.push(agentId),
    });
    const apply = (...more: BudgetInput[]) => {
      for (const event of more) board.apply(event);
      made.refresh();
    };
    apply(...events);
    return { made, apply };
  }

  it('should pass while nothing is reached, or no more than a warning', () => {
    const thresholds = [{ percent: 100, action: 'warn' } as const];
    expect(gate().made.holds(openTask())).toBeUndefined();
    expect(gate(budgetSet()).made.holds(openTask())).toBeUndefined();
    expect(gate(budgetSet({ thresholds }), thresholdReached(MONTH, { thresholds })).made.holds(openTask())).toBe(
      undefined,
    );
  });

  it('should wait for the next month when the installation is stopped', () => {
    const { made } = gate(budgetSet(), thresholdReached(MONTH));
    const key = `budget:${budgetId({ kind: 'installation' })}`;
    expect(made.holds(openTask())).toEqual({
      ...{ code: 'budget_exceeded', key, until: NEXT_MONTH },
      detail: '100 % of the monthly 1 USD of the budget of the installation are spent: it gives out no tasks',
    });
    expect(made.holdsAgent(newId())).toBeUndefined();
    made.tick();
    expect(told).toEqual([]);
    now = NEXT_MONTH;
    expect(made.holds(openTask())).toBeUndefined();
    made.tick();
    expect(told).toEqual([key]);
  });

  it('should hold tasks of the type alone, or the agent alone', () => {
    const type = { scope: { kind: 'task_type', task_type: 'llm' } } as const;
    const agent_id = newId();
    const agent = { scope: { kind: 'agent', agent_id } } as const;
    const { made, apply } = gate(budgetSet(type), thresholdReached(MONTH, type));
    expect(made.holds(openTask('llm'))?.code).toBe('budget_exceeded');
    expect(made.holds(openTask('other'))).toBeUndefined();
    apply(budgetSet(agent), thresholdReached(MONTH, agent));
    expect(told).toEqual([agent_id]);
    expect(made.holdsAgent(agent_id)?.code).toBe('budget_exceeded');
    expect(made.holdsAgent(newId())).toBeUndefined();
    expect(made.holds(openTask('other'))).toBeUndefined();
  });

  it('should let so many a minute pass when throttled', () => {
    const thresholds = [{ percent: 100, action: 'throttle', tasks_per_minute: 2 } as const];
    const { made, apply } = gate(budgetSet({ thresholds }), thresholdReached(MONTH, { thresholds }));
    const begun = now;
    made.entered(openTask(), newId());
    expect(made.holds(openTask())).toBeUndefined();
    now += 10_000;
    made.entered(openTask(), newId());
    expect(made.holds(openTask())).toMatchObject({ code: 'budget_throttled', until: begun + 60_000 });
    apply();
    expect(made.holds(openTask())?.code).toBe('budget_throttled');
    now = begun + 60_000;
    expect(made.holds(openTask())).toBeUndefined();
    made.entered(openTask(), newId());
    expect(made.holds(openTask())).toMatchObject({ until: begun + 70_000 });
  });

  it('should tell of an agent that was throttled, once it is', () => {
    const agent_id = newId();
    const scoped = {
      scope: { kind: 'agent', agent_id } as const,
      thresholds: [{ percent: 100, action: 'throttle', tasks_per_minute: 1 } as const],
    };
    const { made } = gate(budgetSet(scoped), thresholdReached(MONTH, scoped));
    told.length = 0;
    made.entered(openTask(), newId());
    expect(told).toEqual([]);
    made.entered(openTask(), agent_id);
    expect(told).toEqual([agent_id]);
    expect(made.holdsAgent(agent_id)).toMatchObject({ code: 'budget_throttled', until: now + 60_000 });
  });

  it('should be freed by a reset and by a higher limit', () => {
    const reset: BudgetInput = {
      category: 'budget',
      type: 'BudgetReset',
      data: { budget_id: budgetId({ kind: 'installation' }), month: MONTH, forgiven_micros: 1, at: '' },
    };
    for (const relief of [reset, budgetSet({ monthly_limit_micros: 2_000_000 })]) {
      told = [];
      const { made, apply } = gate(budgetSet(), thresholdReached(MONTH));
      apply(relief);
      expect(told).toHaveLength(1);
      expect(made.holds(openTask())).toBeUndefined();
    }
  });
});
