import { derivedId, systemMetadata, type CommandMetadata } from '@ao/kernel';
import type { WorkRef } from './work';

/** Of a command that a step's work leads to: as often as it is sent, it is one command. */
export function effectMetadata(
  { work_id, correlation_id, causation_id }: Pick<WorkRef, 'work_id' | 'correlation_id' | 'causation_id'>,
  what: string,
): CommandMetadata {
  return { ...systemMetadata('workflows', derivedId(what, work_id)), correlation_id, causation_id };
}
