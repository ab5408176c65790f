import { Module } from '@nestjs/common';
import type { Clock } from '@ao/kernel';
import { CLOCK, COMMAND_SHELL, EVENT_LOG, POOL } from '@ao/platform';
import type { Sealer } from '@ao/sealing';
import type { Pool } from 'pg';
import { PoliciesModule, POLICIES, type Policies } from '../policy/policies.module';
import { REFUSALS, RefusalsModule, type Refusals } from '../refusal/refusals.module';
import { SEALER } from '../sealing/sealing.module';
import { createLoginStore } from '../session/login.store';
import { createLoginThrottle } from '../session/login.throttle';
import { TOKEN_SIGNER, TokensModule, type TokenSigner } from '../token/tokens.module';
import { createClientThrottle, type ClientThrottle } from './client-throttle';
import { createClientTokens } from './client-tokens';
import { createCredentialReaders, type CredentialReaders } from './credential-readers';
import { CredentialHandlers } from './credential.handlers';
import { CLIENT_THROTTLE, CLIENT_TOKENS, CREDENTIAL_READERS } from './credential.tokens';

const readers = {
  provide: CREDENTIAL_READERS,
  useFactory: createCredentialReaders,
  inject: [COMMAND_SHELL, EVENT_LOG],
};
const throttle = {
  provide: CLIENT_THROTTLE,
  useFactory: (pool: Pool, clock: Clock, sealer: Sealer) =>
    createClientThrottle(createLoginThrottle(createLoginStore(pool), clock), sealer),
  inject: [POOL, CLOCK, SEALER],
};
const clientTokens = {
  provide: CLIENT_TOKENS,
  useFactory: (
    credentialReaders: CredentialReaders,
    clientThrottle: ClientThrottle,
    policies: Policies,
    signer: TokenSigner,
    refusals: Refusals,
  ) => createClientTokens({ readers: credentialReaders, throttle: clientThrottle, policies, signer, refusals }),
  inject: [CREDENTIAL_READERS, CLIENT_THROTTLE, POLICIES, TOKEN_SIGNER, REFUSALS],
};

/** API keys, and OAuth clients with their tokens. */
@Module({
  imports: [PoliciesModule, RefusalsModule, TokensModule],
  controllers: [CredentialHandlers],
  providers: [readers, throttle, clientTokens],
})
export class CredentialsModule {}
