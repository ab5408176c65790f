import type { EventLog } from '@ao/event-log';
import type { Clock } from '@ao/kernel';
import { CLOCK, EVENT_LOG, POOL } from '@ao/platform';
import type { Pool } from 'pg';
import { CommandPath } from '../commands/command-path';
import { made } from '../made';
import { ApiKeyQueries } from '../projections/api-keys/api-key.queries';
import { AuditQueries } from '../projections/audit/audit.queries';
import { Freshness } from '../projections/moment';
import { OAuthClientQueries } from '../projections/oauth-clients/oauth-client.queries';
import { SecretQueries } from '../projections/secrets/secret.queries';
import { SessionQueries } from '../projections/sessions/session.queries';
import { UserQueries } from '../projections/users/user.queries';
import { TokenController } from './oauth/token.controller';
import { ApiKeysController } from './platform/api-keys.controller';
import { AuditController } from './platform/audit.controller';
import { AuthController } from './platform/auth.controller';
import { OAuthClientsController } from './platform/oauth-clients.controller';
import { People } from './platform/people';
import { SealedTexts } from './platform/sealed-texts';
import { SecretsController } from './platform/secrets.controller';
import { SecurityController } from './platform/security.controller';
import { SessionDesk } from './platform/session.desk';
import { SettingsController } from './platform/settings.controller';
import { UsersController } from './platform/users.controller';

/** The routes of who may do what, and what they read. */
export const identityControllers = [
  TokenController,
  AuthController,
  UsersController,
  AuditController,
  SettingsController,
  SecurityController,
  ApiKeysController,
  OAuthClientsController,
  SecretsController,
];

export const identityProviders = [
  made(UserQueries, [POOL, EVENT_LOG], (pool: Pool, log: EventLog) => new UserQueries(pool, log)),
  made(SessionQueries, [POOL, CLOCK], (pool: Pool, clock: Clock) => new SessionQueries(pool, clock)),
  made(ApiKeyQueries, [POOL], (pool: Pool) => new ApiKeyQueries(pool)),
  made(OAuthClientQueries, [POOL], (pool: Pool) => new OAuthClientQueries(pool)),
  made(SecretQueries, [POOL, EVENT_LOG], (pool: Pool, log: EventLog) => new SecretQueries(pool, log)),
  made(AuditQueries, [POOL, EVENT_LOG], (pool: Pool, log: EventLog) => new AuditQueries(pool, log)),
  made(SealedTexts, [CommandPath], (commands: CommandPath) => new SealedTexts(commands)),
  made(People, [UserQueries, SealedTexts], (users: UserQueries, texts: SealedTexts) => new People(users, texts)),
  made(
    SessionDesk,
    [CommandPath, SessionQueries, SealedTexts, Freshness],
    (commands: CommandPath, sessions: SessionQueries, texts: SealedTexts, freshness: Freshness) =>
      new SessionDesk(commands, sessions, texts, freshness),
  ),
];
