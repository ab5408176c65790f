import {
  evolveCapability,
  MAX_CAPABILITY_METADATA_BYTES,
  type CapabilityDocument,
  type CapabilityEvent,
} from '@ao/contracts';
import { accept, assertNever, isSameJson, reject, type Command, type Decider, type Decision } from '@ao/kernel';
import type { CapabilityState } from './capability.state';

type Identity = Pick<CapabilityDocument, 'capability_id' | 'agent_id' | 'name'>;

export type RegisterCapabilityCommand = Command<
  'RegisterCapability',
  Identity & Pick<CapabilityDocument, 'metadata' | 'groups'>
>;
export type RemoveCapabilityCommand = Command<'RemoveCapability', Pick<CapabilityDocument, 'capability_id'>>;
/** The agent's own profile names it: a plain record, unless there is one already. */
export type AdoptCapabilityCommand = Command<'AdoptCapability', Identity>;
/** The agent's own profile names it no more: takes away what came from there, never what somebody registered. */
export type DisownCapabilityCommand = Command<'DisownCapability', Pick<CapabilityDocument, 'capability_id'>>;
export type CapabilityCommand =
  RegisterCapabilityCommand | RemoveCapabilityCommand | AdoptCapabilityCommand | DisownCapabilityCommand;

export const capabilityDecider: Decider<CapabilityState, CapabilityCommand, CapabilityEvent> = {
  initialState: () => ({ status: 'absent' }),
  evolve(state, event) {
    const capability = evolveCapability(state.status === 'present' ? state.capability : undefined, event);
    return capability ? { status: 'present', capability } : { status: 'absent' };
  },
  decide(command, state): Decision<CapabilityEvent> {
    switch (command.type) {
      case 'RegisterCapability':
        return register(command, state);
      case 'RemoveCapability':
        return state.status === 'absent'
          ? unknownCapability('remove', command.data.capability_id)
          : remove(state.capability, command.metadata.time);
      case 'AdoptCapability':
        if (state.status === 'present') return accept([]);
        return accept([
          {
            type: 'CapabilityRegistered',
            data: { ...command.data, metadata: {}, groups: [], origin: 'agent', created_at: command.metadata.time },
          },
        ]);
      case 'DisownCapability':
        if (state.status === 'absent' || state.capability.origin === 'record') return accept([]);
        return remove(state.capability, command.metadata.time);
      default:
        return assertNever(command);
    }
  },
};

/** The refusal for a capability that nobody has. */
export function unknownCapability(verb: string, capabilityId: string) {
  return reject(
    'not_found',
    'capability_not_found',
    `Expected to ${verb} capability '${capabilityId}', but there is none`,
  );
}

function register({ data, metadata }: RegisterCapabilityCommand, state: CapabilityState): Decision<CapabilityEvent> {
  const { capability_id } = data;
  const bytes = Buffer.byteLength(JSON.stringify(data.metadata));
  if (bytes > MAX_CAPABILITY_METADATA_BYTES)
    return reject(
      'too_large',
      'metadata_too_large',
      `Expected to register a capability, but its metadata takes ${bytes} bytes and ${MAX_CAPABILITY_METADATA_BYTES} are allowed`,
      '/metadata',
    );
  const record = { ...data, groups: [...new Set(data.groups)], origin: 'record' as const };
  if (state.status === 'absent') {
    const created_at = metadata.time;
    return accept([{ type: 'CapabilityRegistered', data: { ...record, created_at } }], {
      ...{ capability_id, created_at, created: true },
    });
  }
  const { created_at, ...before } = state.capability;
  const changed: CapabilityEvent[] = isSameJson(before, record)
    ? []
    : [{ type: 'CapabilityChanged', data: { ...record, changed_at: metadata.time } }];
  return accept(changed, { capability_id, created_at, created: false });
}

function remove({ capability_id, agent_id, name }: CapabilityDocument, at: string): Decision<CapabilityEvent> {
  return accept([{ type: 'CapabilityRemoved', data: { capability_id, agent_id, name, at } }], {
    ...{ capability_id, removed_at: at },
  });
}
