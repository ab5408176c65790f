import type { DispatchLimitDocument, DispatchLimitEvent, DispatchLimitTarget, DispatchLimitTerms } from '@ao/contracts';
import { limitId } from './limit.decider';

const AT = '2026-01-01T00:00:00.000Z';

export function limitSet(target: DispatchLimitTarget, terms: DispatchLimitTerms): DispatchLimitEvent {
  return { type: 'DispatchLimitSet', data: { ...target, ...terms, limit_id: limitId(target), at: AT } };
}

export function limitRemoved(target: DispatchLimitTarget): DispatchLimitEvent {
  return { type: 'DispatchLimitRemoved', data: { ...target, limit_id: limitId(target), at: AT } };
}

export function limitOf(target: DispatchLimitTarget, terms: DispatchLimitTerms): DispatchLimitDocument {
  return { ...target, ...terms, limit_id: limitId(target), created_at: AT, updated_at: AT };
}
