import { newId } from './ids';
import type { CommandMetadata } from './metadata';

/**
 * Of what a service, or a part of one, does by itself: nobody asked for it. `command_id`: derived, where a repetition must be
 * recognised; `cause`: what it goes back to, else itself.
 */
export function systemMetadata(
  id: string,
  command_id: string = newId(),
  cause: string = command_id,
): Pick<CommandMetadata, 'command_id' | 'actor' | 'correlation_id' | 'causation_id'> {
  return { command_id, actor: { type: 'system', id }, correlation_id: cause, causation_id: cause };
}
