import { setTimeout } from 'node:timers/promises';
import type { DataOf, issueClientToken, ResultOf } from '@ao/contracts';
import type { Policies } from '../policy/policies.module';
import type { Refusals } from '../refusal/refusals.module';
import type { TokenSigner } from '../token/tokens.module';
import type { ClientThrottle } from './client-throttle';
import type { CredentialReaders } from './credential-readers';
import { scopesOfToken, within } from './credential.rules';
import { digestOf, sameDigest, shownDigest } from './one-time-secret';

type Issued = ResultOf<typeof issueClientToken>;

/**
 * Refusals leave at whole steps after the request came. An event more or less to read takes some tenths of a millisecond,
 * which can be measured over many requests; the step is longer than nearly all of them take.
 */
const REFUSAL_STEP_MS = 50;

export interface ClientTokensOptions {
  readonly readers: CredentialReaders;
  readonly throttle: ClientThrottle;
  readonly policies: Policies;
  readonly signer: TokenSigner;
  readonly refusals: Refusals;
  readonly refusalStepMs?: number;
}

/** What unknown clients are compared with: the digest of nothing that can be shown. */
const NOBODY = digestOf('no client');
const ROUTE = 'POST /oauth/token';

/** The client-credentials grant (RFC 6749 section 4.4). */
export function createClientTokens(options: ClientTokensOptions) {
  const { readers, throttle, policies, signer, refusals, refusalStepMs = REFUSAL_STEP_MS } = options;

  async function issue(request: DataOf<typeof issueClientToken>): Promise<Issued> {
    const { client_id, client_secret, scope, address } = request;
    const { security } = await policies.current();
    const limits = {
      perClient: security.login_failures_per_account,
      perAddress: security.login_failures_per_address,
      windowMinutes: security.login_window_minutes,
    };
    const [wait, client] = await Promise.all([
      throttle.refusedFor(client_id, address, limits),
      readers.client(client_id),
    ]);
    const refuse = (code: string) =>
      refusals.record({
        kind: 'credential',
        ...{ code, route: ROUTE, address },
        // What a stranger wrote as its name is not kept.
        principal: client ? { type: 'oauth_client', id: client.client_id } : null,
      });
    if (wait !== undefined) {
      refuse('throttled');
      return { outcome: 'refused', error: 'throttled', retry_after_seconds: wait };
    }

    const right = sameDigest(shownDigest(client_secret), client?.secret_hash ?? NOBODY);
    if (!right || !client || client.revoked_at !== null) {
      refuse('invalid_client');
      await throttle.failed(client_id, address, limits);
      return { outcome: 'refused', error: 'invalid_client' };
    }
    const grantable = await readers.grantableOf(client.owner);
    if (grantable !== 'everything' && grantable.size === 0) {
      // The secret was right, but whose client it is may do nothing any more: a client dies with its owner.
      refuse('invalid_client');
      return { outcome: 'refused', error: 'invalid_client' };
    }
    const scopes = scopesOfToken(scope, within(client.scopes, grantable));
    if (!scopes) return { outcome: 'refused', error: 'invalid_scope' };
    const expires_in = security.access_token_minutes * 60;
    const access_token = await signer.sign({ kind: 'client', sub: client.client_id, scopes }, expires_in);
    return { outcome: 'granted', access_token, expires_in, scope: scopes.join(' ') };
  }

  return async (request: DataOf<typeof issueClientToken>): Promise<Issued> => {
    const begun = performance.now();
    const issued = await issue(request);
    if (issued.outcome === 'refused' && issued.error !== 'invalid_scope' && refusalStepMs > 0)
      await setTimeout(refusalStepMs - ((performance.now() - begun) % refusalStepMs));
    return issued;
  };
}
