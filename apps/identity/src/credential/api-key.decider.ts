import { apiKeyEvents, evolveApiKey, schemaVersionsOf, type ApiKeyDocument, type ApiKeyEvent } from '@ao/contracts';
import type { Aggregate } from '@ao/event-log';
import { accept, assertNever, reject, type Command, type Decider, type Decision } from '@ao/kernel';

export type CreateApiKey = Command<'CreateApiKey', Omit<ApiKeyDocument, 'created_at' | 'revoked_at'>>;
export type RevokeApiKey = Command<'RevokeApiKey', { readonly api_key_id: string; readonly owner_id?: string }>;
export type ApiKeyCommand = CreateApiKey | RevokeApiKey;
export type ApiKeyState = ApiKeyDocument | undefined;

export const apiKeyDecider: Decider<ApiKeyState, ApiKeyCommand, ApiKeyEvent> = {
  initialState: () => undefined,
  evolve: evolveApiKey,
  decide(command, key): Decision<ApiKeyEvent> {
    const { data, metadata } = command;
    const at = metadata.time;
    const { api_key_id } = data;
    switch (command.type) {
      case 'CreateApiKey': {
        const { expires_at } = command.data;
        if (expires_at !== null && Date.parse(expires_at) <= Date.parse(at))
          return reject(
            'invalid',
            'validation_failed',
            'Expected to create an API key, but it would have expired already',
            '/expires_at',
          );
        if (key)
          return reject('conflict', 'api_key_exists', `Expected to create API key '${api_key_id}', but it exists`);
        return accept([{ type: 'ApiKeyCreated', data: { ...command.data, created_at: at } }], {
          api_key_id,
          created_at: at,
        });
      }
      case 'RevokeApiKey': {
        const { owner_id } = command.data;
        // Somebody else's key and no key at all are one answer.
        if (!key || (owner_id !== undefined && owner_id !== key.owner.id))
          return reject(
            'not_found',
            'api_key_not_found',
            `Expected to revoke API key '${api_key_id}', but there is none`,
          );
        if (key.revoked_at !== null) return accept([], { api_key_id, revoked_at: key.revoked_at });
        return accept([{ type: 'ApiKeyRevoked', data: { api_key_id, at } }], { api_key_id, revoked_at: at });
      }
      default:
        return assertNever(command);
    }
  },
};

/** Stream `apikey-<uuid>`. */
export const apiKeyAggregate: Aggregate<ApiKeyState, ApiKeyCommand, ApiKeyEvent> = {
  category: 'apikey',
  decider: apiKeyDecider,
  schemaVersions: schemaVersionsOf(apiKeyEvents),
  freshIds: 0,
};
