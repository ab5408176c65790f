import { Module } from '@nestjs/common';
import { COMMAND_SHELL, EVENT_LOG, POOL } from '@ao/platform';
import type { Sealer } from '@ao/sealing';
import type { Pool } from 'pg';
import { PoliciesModule, POLICIES, type Policies } from '../policy/policies.module';
import { REFUSALS, RefusalsModule, type Refusals } from '../refusal/refusals.module';
import { SEALER } from '../sealing/sealing.module';
import { TOKEN_SIGNER, TokensModule, type TokenSigner } from '../token/tokens.module';
import { createClientThrottle } from './client-throttle';
import { createClientTokens } from './client-tokens';
import { createCredentialReaders, type CredentialReaders } from './credential-readers';
import { CredentialHandlers } from './credential.handlers';
import { CLIENT_TOKENS, CREDENTIAL_READERS } from './credential.tokens';

const readers = {
  provide: CREDENTIAL_READERS,
  useFactory: createCredentialReaders,
  inject: [COMMAND_SHELL, EVENT_LOG],
};
const clientTokens = {
  provide: CLIENT_TOKENS,
  useFactory: (
    pool: Pool,
    sealer: Sealer,
    credentialReaders: CredentialReaders,
    policies: Policies,
    signer: TokenSigner,
    refusals: Refusals,
  ) =>
    createClientTokens({
      ...{ readers: credentialReaders, policies, signer, refusals },
      throttle: createClientThrottle(pool, sealer),
    }),
  inject: [POOL, SEALER, CREDENTIAL_READERS, POLICIES, TOKEN_SIGNER, REFUSALS],
};

/** API keys, and OAuth clients with their tokens. */
@Module({
  imports: [PoliciesModule, RefusalsModule, TokensModule],
  controllers: [CredentialHandlers],
  providers: [readers, clientTokens],
})
export class CredentialsModule {}
