import { BOOTSTRAP } from './principals';
import { sameDigest, sha256, type PrincipalSource } from './resolver';

/** The operator's key has any form: it is told by being it. */
export function bootstrapKeySource(bootstrapApiKey: string): PrincipalSource {
  const expected = sha256(bootstrapApiKey);
  return {
    recognises: (token) => sameDigest(sha256(token), expected),
    prove: () => () => BOOTSTRAP,
  };
}
