import {
  evolveOAuthClient,
  evolveUser,
  userSubject,
  type CredentialOwner,
  type OAuthClientDocument,
  type OAuthClientEvent,
  type UserDocument,
  type UserEvent,
} from '@ao/contracts';
import type { CommandShell, EventReader } from '@ao/event-log';
import { derivedId, isId, streamId, type Actor, type DomainEvent } from '@ao/kernel';
import { apiKeyAggregate } from './api-key.decider';
import { grantableBy, type Grantable } from './credential.rules';
import { oauthClientAggregate } from './oauth-client.decider';

const PAGE = 10_000;
/** What the gateway calls the operator's key: its own keys are called by UUIDs. */
const BOOTSTRAP_KEY = 'bootstrap';

/** What is read here of users and clients, as the log has them now. */
export interface CredentialReaders {
  /** What the owner may give on. */
  grantableOf(owner: CredentialOwner): Promise<Grantable>;
  /** What whoever sends a command may give on, when it is a credential itself: no more than it was given. */
  grantableOfSender(actor: Actor): Promise<Grantable>;
  /** Reads the log for any text alike, so that the time says nothing of which clients there are. */
  client(clientId: string): Promise<OAuthClientDocument | undefined>;
}

export function createCredentialReaders(shell: CommandShell, log: EventReader): CredentialReaders {
  /**
   * Folded here and not by the shell: its cache knows a user as its own aggregate does, and is no place for streams that a
   * stranger names.
   */
  async function folded<Document, E extends DomainEvent>(
    stream: string,
    evolve: (document: Document | undefined, event: E) => Document | undefined,
  ): Promise<Document | undefined> {
    let document: Document | undefined;
    for (let fromVersion = 1; ; fromVersion += PAGE) {
      const events = await log.readStream(stream, { fromVersion, limit: PAGE });
      for (const event of events) document = evolve(document, event as unknown as E);
      if (events.length < PAGE) return document;
    }
  }

  return {
    async grantableOf(owner) {
      if (owner.type !== 'user' || !isId(owner.id)) return grantableBy(owner, undefined);
      return grantableBy(owner, await folded<UserDocument, UserEvent>(userSubject(owner.id), evolveUser));
    },
    async grantableOfSender({ type, id }) {
      if (type !== 'api_key' && type !== 'oauth_client') return 'everything';
      // The operator's key from the environment is a credential, but nobody made it: it has no stream.
      if (type === 'api_key' && id === BOOTSTRAP_KEY) return 'everything';
      const aggregate = type === 'api_key' ? apiKeyAggregate : oauthClientAggregate;
      const { state } = isId(id)
        ? await shell.state(aggregate as typeof apiKeyAggregate, id, { fresh: true })
        : { state: undefined };
      return new Set(state?.revoked_at === null ? state.scopes : []);
    },
    client: (clientId) =>
      folded<OAuthClientDocument, OAuthClientEvent>(
        streamId(oauthClientAggregate.category, isId(clientId) ? clientId : derivedId('no-client')),
        evolveOAuthClient,
      ),
  };
}
