import { newId, type CommandMetadata } from '@ao/kernel';

/** Of what identity does by itself, at its start or when a time has come. */
export function systemMetadata(): CommandMetadata {
  const command_id = newId();
  return {
    command_id,
    actor: { type: 'system', id: 'identity' },
    correlation_id: command_id,
    causation_id: command_id,
  };
}
