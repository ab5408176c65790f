import { sign, type KeyObject } from 'node:crypto';
import { OID, spkiOf } from './certificates';
import { bits, context, integer, oid, sequence } from './der';
import { toPem } from './pem';

/**
 * A certificate signing request (PKCS#10, RFC 2986) for a key on P-256, as PEM. It names nobody: whoever signs for us knows
 * what to write, and takes the key alone.
 */
export function certificateRequest({
  publicKey,
  privateKey,
}: {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}): string {
  const info = sequence(integer(0), sequence(), spkiOf(publicKey), context(0));
  const signature = sign('sha256', info, { key: privateKey, dsaEncoding: 'der' });
  return toPem('CERTIFICATE REQUEST', sequence(info, sequence(oid(OID.ecdsaWithSha256)), bits(signature)));
}
