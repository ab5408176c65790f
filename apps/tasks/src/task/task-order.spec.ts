import type { CompleteOrder } from '@ao/contracts';
import { specificationOf } from './task-order';

const AT = '2026-01-01T00:00:00.000Z';
const order: CompleteOrder = {
  ...{ type: 'test', payload: {}, priority: 40, requirements: { capabilities: [] }, lease_seconds: 60 },
  retry: { max_attempts: 3, initial_delay_ms: 0, factor: 1, max_delay_ms: 0, jitter: 0 },
};

describe('an order of a task', () => {
  it('should be what it asks for, when it asks for no time', () => {
    expect(specificationOf(order, AT)).toBe(order);
  });

  it('should turn its delay into a time, counted from its submission', () => {
    expect(specificationOf({ ...order, delay_seconds: 1.5 }, AT)).toEqual({
      ...order,
      not_before: '2026-01-01T00:00:01.500Z',
    });
  });

  it('should keep a time that is to come and forget one that is over', () => {
    const later = { ...order, not_before: '2026-01-01T00:00:00.001Z' };
    expect(specificationOf(later, AT)).toEqual(later);
    expect(specificationOf({ ...order, not_before: AT }, AT)).toEqual(order);
    expect(specificationOf({ ...order, not_before: '2025-12-31T23:59:59.999Z', delay_seconds: 0 }, AT)).toEqual(order);
  });

  it('should wait for the later of both', () => {
    const both = { ...order, not_before: '2026-01-01T00:00:05.000Z' };
    expect(specificationOf({ ...both, delay_seconds: 9 }, AT).not_before).toBe('2026-01-01T00:00:09.000Z');
    expect(specificationOf({ ...both, delay_seconds: 1 }, AT).not_before).toBe('2026-01-01T00:00:05.000Z');
  });
});
