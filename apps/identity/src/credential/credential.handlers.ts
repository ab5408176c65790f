import { Controller, Inject } from '@nestjs/common';
import {
  createApiKey,
  createOAuthClient,
  issueClientToken,
  revokeApiKey,
  revokeOAuthClient,
  type DataOf,
  type Scope,
} from '@ao/contracts';
import type { CommandShell } from '@ao/event-log';
import { isRejection, newId, reject, type CommandMetadata, type Rejection } from '@ao/kernel';
import { CommandHandler, done, type Answer } from '@ao/messaging';
import { COMMAND_SHELL } from '@ao/platform';
import { apiKeyAggregate } from './api-key.decider';
import type { createClientTokens } from './client-tokens';
import type { CredentialReaders } from './credential-readers';
import { whyNotGrantable } from './credential.rules';
import { CLIENT_TOKENS, CREDENTIAL_READERS } from './credential.tokens';
import { oauthClientAggregate } from './oauth-client.decider';
import { apiKeyText, clientSecretText, digestOf, newSecret } from './one-time-secret';

/** The doors of API keys and OAuth clients on NATS. */
@Controller()
export class CredentialHandlers {
  constructor(
    @Inject(COMMAND_SHELL) private readonly shell: CommandShell,
    @Inject(CREDENTIAL_READERS) private readonly readers: CredentialReaders,
    @Inject(CLIENT_TOKENS) private readonly clientTokens: ReturnType<typeof createClientTokens>,
  ) {}

  @CommandHandler(createApiKey)
  async createApiKey(data: DataOf<typeof createApiKey>, metadata: CommandMetadata): Answer<typeof createApiKey> {
    const refused = await this.beyond('an API key', data, metadata);
    if (refused) return refused;
    const api_key_id = newId();
    const secret = newSecret();
    const created = await this.shell.run(
      apiKeyAggregate,
      api_key_id,
      { type: 'CreateApiKey', data: { ...data, api_key_id, secret_hash: digestOf(secret) }, metadata },
      { payload: data, isNew: true },
    );
    if (isRejection(created)) return created;
    const result = created.result as { api_key_id: string; created_at: string };
    if (result.api_key_id !== api_key_id) return alreadyShown(`API key '${result.api_key_id}'`);
    return done({ ...result, key: apiKeyText(api_key_id, secret) }, created.position);
  }

  @CommandHandler(revokeApiKey)
  revokeApiKey(data: DataOf<typeof revokeApiKey>, metadata: CommandMetadata): Answer<typeof revokeApiKey> {
    return this.shell.run(apiKeyAggregate, data.api_key_id, { type: 'RevokeApiKey', data, metadata });
  }

  @CommandHandler(createOAuthClient)
  async createOAuthClient(
    data: DataOf<typeof createOAuthClient>,
    metadata: CommandMetadata,
  ): Answer<typeof createOAuthClient> {
    const refused = await this.beyond('an OAuth client', data, metadata);
    if (refused) return refused;
    const client_id = newId();
    const secret = newSecret();
    const created = await this.shell.run(
      oauthClientAggregate,
      client_id,
      { type: 'CreateOAuthClient', data: { ...data, client_id, secret_hash: digestOf(secret) }, metadata },
      { payload: data, isNew: true },
    );
    if (isRejection(created)) return created;
    const result = created.result as { client_id: string; created_at: string };
    if (result.client_id !== client_id) return alreadyShown(`OAuth client '${result.client_id}'`);
    return done({ ...result, client_secret: clientSecretText(secret) }, created.position);
  }

  @CommandHandler(revokeOAuthClient)
  revokeOAuthClient(
    data: DataOf<typeof revokeOAuthClient>,
    metadata: CommandMetadata,
  ): Answer<typeof revokeOAuthClient> {
    return this.shell.run(oauthClientAggregate, data.client_id, { type: 'RevokeOAuthClient', data, metadata });
  }

  @CommandHandler(issueClientToken)
  async issueClientToken(data: DataOf<typeof issueClientToken>): Answer<typeof issueClientToken> {
    return done(await this.clientTokens(data));
  }

  private async beyond(
    what: string,
    { scopes, owner }: Pick<DataOf<typeof createApiKey>, 'owner'> & { scopes: Scope[] },
    { actor }: CommandMetadata,
  ): Promise<Rejection | undefined> {
    const grantables = await Promise.all([this.readers.grantableOf(owner), this.readers.grantableOfSender(actor)]);
    return whyNotGrantable(what, scopes, grantables);
  }
}

/** The first answer to the same command held the secret, and nothing keeps it: not even this service. */
function alreadyShown(what: string): Rejection {
  return reject(
    'conflict',
    'secret_already_shown',
    `Expected to create a credential, but this command has created ${what} before, and its secret is shown only once`,
  );
}
