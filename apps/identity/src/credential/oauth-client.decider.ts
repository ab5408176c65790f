import {
  evolveOAuthClient,
  oauthClientEvents,
  schemaVersionsOf,
  type OAuthClientDocument,
  type OAuthClientEvent,
} from '@ao/contracts';
import type { Aggregate } from '@ao/event-log';
import { accept, assertNever, reject, type Command, type Decider, type Decision } from '@ao/kernel';

export type CreateOAuthClient = Command<'CreateOAuthClient', Omit<OAuthClientDocument, 'created_at' | 'revoked_at'>>;
export type RevokeOAuthClient = Command<'RevokeOAuthClient', { readonly client_id: string }>;
export type OAuthClientCommand = CreateOAuthClient | RevokeOAuthClient;
export type OAuthClientState = OAuthClientDocument | undefined;

export const oauthClientDecider: Decider<OAuthClientState, OAuthClientCommand, OAuthClientEvent> = {
  initialState: () => undefined,
  evolve: evolveOAuthClient,
  decide(command, client): Decision<OAuthClientEvent> {
    const at = command.metadata.time;
    const { client_id } = command.data;
    switch (command.type) {
      case 'CreateOAuthClient':
        if (client)
          return reject(
            'conflict',
            'oauth_client_exists',
            `Expected to create OAuth client '${client_id}', but it exists`,
          );
        return accept([{ type: 'OAuthClientCreated', data: { ...command.data, created_at: at } }], {
          client_id,
          created_at: at,
        });
      case 'RevokeOAuthClient':
        if (!client)
          return reject(
            'not_found',
            'oauth_client_not_found',
            `Expected to revoke OAuth client '${client_id}', but there is none`,
          );
        if (client.revoked_at !== null) return accept([], { client_id, revoked_at: client.revoked_at });
        return accept([{ type: 'OAuthClientRevoked', data: { client_id, at } }], { client_id, revoked_at: at });
      default:
        return assertNever(command);
    }
  },
};

/** Stream `oauthclient-<uuid>`. */
export const oauthClientAggregate: Aggregate<OAuthClientState, OAuthClientCommand, OAuthClientEvent> = {
  category: 'oauthclient',
  decider: oauthClientDecider,
  schemaVersions: schemaVersionsOf(oauthClientEvents),
  freshIds: 0,
};
