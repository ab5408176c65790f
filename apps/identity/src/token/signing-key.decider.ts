import { signingKeyEvents, schemaVersionsOf, type SigningKeyEvent } from '@ao/contracts';
import type { Aggregate } from '@ao/event-log';
import { accept, assertNever, reject, type Command, type Decider, type Decision } from '@ao/kernel';

export type SigningKeyState =
  | { readonly status: 'absent' }
  | { readonly status: 'trusted'; readonly key_id: string }
  | { readonly status: 'retired'; readonly key_id: string };

export type CreateSigningKey = Command<
  'CreateSigningKey',
  { readonly key_id: string; readonly public_key: string; readonly private_key: string }
>;
export type RetireSigningKey = Command<'RetireSigningKey', { readonly key_id: string }>;
export type SigningKeyCommand = CreateSigningKey | RetireSigningKey;

/** A key that signs tokens. Its id is derived from its number, so that replicas which want the same one make it once. */
export const signingKeyDecider: Decider<SigningKeyState, SigningKeyCommand, SigningKeyEvent> = {
  initialState: () => ({ status: 'absent' }),
  evolve(state, event) {
    switch (event.type) {
      case 'SigningKeyCreated':
        return { status: 'trusted', key_id: event.data.key_id };
      case 'SigningKeyRetired':
        return { status: 'retired', key_id: event.data.key_id };
      default:
        return state;
    }
  },
  decide(command, state): Decision<SigningKeyEvent> {
    const { key_id } = command.data;
    const at = command.metadata.time;
    switch (command.type) {
      case 'CreateSigningKey':
        if (state.status !== 'absent') return accept([], { key_id });
        return accept([{ type: 'SigningKeyCreated', data: { ...command.data, created_at: at } }], { key_id });
      case 'RetireSigningKey':
        if (state.status === 'absent')
          return reject(
            'not_found',
            'signing_key_not_found',
            `Expected to retire signing key '${key_id}', but there is none`,
          );
        if (state.status === 'retired') return accept([], { key_id });
        return accept([{ type: 'SigningKeyRetired', data: { key_id, at } }], { key_id });
      default:
        return assertNever(command);
    }
  },
};

/** Stream `signingkey-<uuid>`. */
export const signingKeyAggregate: Aggregate<SigningKeyState, SigningKeyCommand, SigningKeyEvent> = {
  category: 'signingkey',
  decider: signingKeyDecider,
  schemaVersions: schemaVersionsOf(signingKeyEvents),
  freshIds: 0,
};
