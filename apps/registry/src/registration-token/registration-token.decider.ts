import {
  evolveRegistrationToken,
  registrationTokenEvents,
  schemaVersionsOf,
  type RegistrationTokenDocument,
  type RegistrationTokenEvent,
} from '@ao/contracts';
import type { Aggregate } from '@ao/event-log';
import { accept, assertNever, reject, type Command, type Decider, type Decision } from '@ao/kernel';

type Token = RegistrationTokenDocument;

export type IssueRegistrationToken = Command<
  'IssueRegistrationToken',
  Pick<Token, 'token_id' | 'secret_hash' | 'name' | 'labels' | 'agent_id' | 'expires_at'>
>;
export type UseRegistrationToken = Command<
  'UseRegistrationToken',
  { readonly token_id: string; readonly agent_id: string; /** For whoever asks again. */ readonly serial: string }
>;
export type RevokeRegistrationToken = Command<'RevokeRegistrationToken', { readonly token_id: string }>;
export type RegistrationTokenCommand = IssueRegistrationToken | UseRegistrationToken | RevokeRegistrationToken;
export type RegistrationTokenState = Token | undefined;

export const registrationTokenDecider: Decider<
  RegistrationTokenState,
  RegistrationTokenCommand,
  RegistrationTokenEvent
> = {
  initialState: () => undefined,
  evolve: evolveRegistrationToken,
  decide(command, token): Decision<RegistrationTokenEvent> {
    const at = command.metadata.time;
    const { token_id } = command.data;
    switch (command.type) {
      case 'IssueRegistrationToken': {
        const { data } = command;
        if (token)
          return reject(
            'conflict',
            'registration_token_exists',
            `Expected to issue registration token '${token_id}', but it exists`,
          );
        return accept([{ type: 'RegistrationTokenIssued', data: { ...data, created_at: at } }], {
          token_id,
          created_at: at,
          expires_at: data.expires_at,
        });
      }
      case 'UseRegistrationToken': {
        const { agent_id, serial } = command.data;
        if (!isUsable(token, at)) return badRegistrationToken();
        return accept([{ type: 'RegistrationTokenUsed', data: { token_id, agent_id, at } }], { agent_id, serial });
      }
      case 'RevokeRegistrationToken': {
        if (!token)
          return reject(
            'not_found',
            'registration_token_not_found',
            `Expected to revoke registration token '${token_id}', but there is none`,
          );
        if (token.revoked_at !== null) return accept([], { token_id, revoked_at: token.revoked_at });
        return accept([{ type: 'RegistrationTokenRevoked', data: { token_id, at } }], { token_id, revoked_at: at });
      }
      default:
        return assertNever(command);
    }
  },
};

/** Stream `registrationtoken-<uuid>`. */
export const registrationTokenAggregate: Aggregate<
  RegistrationTokenState,
  RegistrationTokenCommand,
  RegistrationTokenEvent
> = {
  category: 'registrationtoken',
  decider: registrationTokenDecider,
  schemaVersions: schemaVersionsOf(registrationTokenEvents),
  freshIds: 0,
};

export function isUsable(token: RegistrationTokenState, at: string): token is Token {
  return (
    token !== undefined &&
    token.used_at === null &&
    token.revoked_at === null &&
    Date.parse(token.expires_at) > Date.parse(at)
  );
}

/** One answer to all of them, so that nobody learns which tokens there are. */
export function badRegistrationToken() {
  return reject('unauthenticated', 'invalid_registration_token', 'The registration token is not valid');
}
