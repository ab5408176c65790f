import { loadOf, runningOf } from './reported-load';

it('should read a load from what agents of every face report', () => {
  expect(loadOf({ load: 0.3, cpu_usage: 90 })).toBe(0.3);
  expect(loadOf({ load: 7 })).toBe(1);
  expect(loadOf({ load: -1 })).toBe(0);
  expect(loadOf({ cpu_usage: 0.5 })).toBe(0.5);
  expect(loadOf({ cpu_usage: 15.5 })).toBe(0.155);
  expect(loadOf({ memory_mb: 512 })).toBeUndefined();
  expect(runningOf({ active_tasks: 5, pending_tasks: 2 })).toBe(7);
  expect(runningOf({ active_connections: 3 })).toBe(3);
  expect(runningOf({ active_tasks: -3 })).toBe(0);
});
