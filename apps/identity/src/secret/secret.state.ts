import type { SecretEvent } from '@ao/contracts';

/**
 * A secret as its rules need it. The values stay in the log, where `values` says: the folded state is kept in memory, and
 * what is not there cannot be found there.
 */
export type SecretState =
  | { readonly status: 'unknown' }
  | {
      readonly status: 'kept';
      readonly name: string;
      readonly category: string;
      readonly description: string;
      readonly expires_at: string | null;
      readonly updated_at: string;
      /** Of each version of the value, the first one first: the version of the stream at which it was appended. */
      readonly values: readonly number[];
      /** How many events the stream has. */
      readonly events: number;
    }
  | { readonly status: 'deleted' };

export type KeptSecret = Extract<SecretState, { status: 'kept' }>;

export const initialSecretState = (): SecretState => ({ status: 'unknown' });

export function evolveSecretState(state: SecretState, event: SecretEvent): SecretState {
  if (event.type === 'SecretCreated') {
    const { name, category, description, expires_at, created_at } = event.data;
    return {
      ...{ status: 'kept', name, category, description, expires_at },
      ...{ updated_at: created_at, values: [1], events: 1 },
    };
  }
  if (state.status !== 'kept') return state;
  const events = state.events + 1;
  switch (event.type) {
    case 'SecretChanged': {
      const { name, category, description, expires_at, at } = event.data;
      return { ...state, name, category, description, expires_at, updated_at: at, events };
    }
    case 'SecretRotated': {
      const { expires_at, at } = event.data;
      return { ...state, expires_at, updated_at: at, values: [...state.values, events], events };
    }
    case 'SecretDeleted':
      return { status: 'deleted' };
    default:
      return { ...state, events };
  }
}
