import { FEWEST_DURATIONS, estimateCompletion } from './task.estimate';

const START = 1_000_000;
const DURATIONS = [40, 10, 30, 20, 50];

describe('the estimate of when a task is completed', () => {
  it('should be the median of what tasks of its type took', () => {
    expect(estimateCompletion(START, START, DURATIONS)).toBe(START + 30);
    expect(estimateCompletion(START, START, [...DURATIONS, 60])).toBe(START + 35);
  });

  it('should leave out those that it has outlasted already, and so never lie in the past', () => {
    expect(estimateCompletion(START, START + 15, DURATIONS)).toBe(START + 35);
    expect(estimateCompletion(START, START + 30, DURATIONS)).toBe(START + 45);
    expect(estimateCompletion(START, START + 49, DURATIONS)).toBe(START + 50);
  });

  it('should be unknown when it has outlasted all of them, or too few are known', () => {
    expect(estimateCompletion(START, START + 50, DURATIONS)).toBeUndefined();
    expect(estimateCompletion(START, START, DURATIONS.slice(0, FEWEST_DURATIONS - 1))).toBeUndefined();
    expect(estimateCompletion(START, START, [])).toBeUndefined();
  });
});
