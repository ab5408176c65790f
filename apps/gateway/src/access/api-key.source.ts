import { API_KEY } from '@ao/contracts';
import type { Clock } from '@ao/kernel';
import type { Authentication } from './authentication';
import { credentialPrincipal } from './principals';
import { sameDigest, sha256, type PrincipalSource, type Proven } from './resolver';

/** What an unknown key is compared with, so that it takes as long as a known one. */
const NOBODY = Buffer.alloc(32);

/** `ao_live_<id>_<secret>`, against what the view has of the id: one hash, one comparison. */
export function apiKeySource(
  authentication: Pick<Authentication, 'view' | 'caughtUp'>,
  clock: Clock,
  used: (apiKeyId: string) => void = () => undefined,
): PrincipalSource {
  const judge = (id: string, digest: Buffer): Proven | undefined => {
    const known = authentication.view.apiKey(id);
    if (!sameDigest(digest, known?.secretHash ?? NOBODY) || !known) return undefined;
    return () => {
      const now = authentication.view.apiKey(id);
      return now && credentialPrincipal(authentication.view, 'api_key', now, clock.now());
    };
  };
  return {
    recognises: (token) => token.startsWith('ao_live_'),
    prove(token) {
      const [, hex, secret] = API_KEY.exec(token) ?? [];
      if (hex === undefined || secret === undefined) return undefined;
      const id = uuidOf(hex);
      const digest = sha256(secret);
      const noted = (proven: Proven | undefined) => {
        if (proven) used(id);
        return proven;
      };
      if (authentication.view.apiKey(id)) return noted(judge(id, digest));
      // It may have been made a moment ago, by another replica.
      return authentication.caughtUp().then(() => noted(judge(id, digest)));
    },
  };
}

const uuidOf = (hex: string) =>
  [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
