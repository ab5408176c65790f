import type { CompleteOrder, TaskSpecification } from '@ao/contracts';
import { addMilliseconds } from '@ao/kernel';

/** What an order asks for once it is submitted at `submittedAt`: its delay is a time, and a time that is over is none. */
export function specificationOf(order: CompleteOrder, submittedAt: string): TaskSpecification {
  if (order.delay_seconds === undefined && order.not_before === undefined) return order;
  const { delay_seconds = 0, not_before, ...specification } = order;
  const after = addMilliseconds(submittedAt, delay_seconds * 1_000);
  const from = not_before !== undefined && Date.parse(not_before) > Date.parse(after) ? not_before : after;
  return Date.parse(from) > Date.parse(submittedAt) ? { ...specification, not_before: from } : specification;
}
