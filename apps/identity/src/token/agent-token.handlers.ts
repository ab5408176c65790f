import { Controller, Inject } from '@nestjs/common';
import { CERTIFICATE_SECONDS, issueAgentToken, type DataOf } from '@ao/contracts';
import { reject, type Clock } from '@ao/kernel';
import { CommandHandler, done, type Answer } from '@ao/messaging';
import { CLOCK } from '@ao/platform';
import type { TokenSigner } from './token-signer';
import { TOKEN_SIGNER } from './token.tokens';

/**
 * Tokens of enrolled agents. Who is one is the registry's to say: it asks when it issues a certificate. What is worth
 * something is the gateway's, which follows the certificates.
 */
@Controller()
export class AgentTokenHandlers {
  constructor(
    @Inject(TOKEN_SIGNER) private readonly signer: TokenSigner,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @CommandHandler(issueAgentToken)
  async issue({ agent_id, serial, expires_at }: DataOf<typeof issueAgentToken>): Answer<typeof issueAgentToken> {
    // The registry's clock may be a moment ahead.
    const seconds = Math.min(CERTIFICATE_SECONDS, Math.floor((Date.parse(expires_at) - this.clock.now()) / 1000));
    if (seconds <= 0)
      return reject(
        'invalid',
        'validation_failed',
        `Expected to issue a token for agent '${agent_id}', but it would have expired already`,
        '/expires_at',
      );
    return done({ token: await this.signer.sign({ kind: 'agent', sub: agent_id, serial }, seconds) });
  }
}
