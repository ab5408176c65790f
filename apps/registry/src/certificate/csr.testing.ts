import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import {
  bits,
  boolean,
  context,
  contextPrimitive,
  integer,
  octets,
  OID,
  oid,
  sequence,
  set,
  spkiOf,
  toPem,
  utf8,
} from '@ao/x509';

export interface TestRequest {
  readonly subject?: string;
  /** URIs of the subject alternative name. */
  readonly uris?: readonly string[];
  readonly ca?: boolean;
  /** Whose private half signs; default: the key's own. */
  readonly signer?: KeyObject;
  readonly keys?: { readonly publicKey: KeyObject; readonly privateKey: KeyObject };
}

/** A certificate signing request as `openssl req` writes it, with what a spec wants in it. */
export function testRequest(request: TestRequest = {}): { csr: string; publicKey: KeyObject; privateKey: KeyObject } {
  const { publicKey, privateKey } = request.keys ?? generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const extensions = [
    ...(request.ca === undefined
      ? []
      : [sequence(oid(OID.basicConstraints), octets(sequence(...(request.ca ? [boolean(true)] : []))))]),
    ...(request.uris
      ? [
          sequence(
            oid(OID.subjectAltName),
            octets(sequence(...request.uris.map((uri) => contextPrimitive(6, Buffer.from(uri))))),
          ),
        ]
      : []),
  ];
  const attributes = extensions.length > 0 ? [sequence(oid(OID.extensionRequest), set(sequence(...extensions)))] : [];
  const info = sequence(
    integer(0),
    sequence(set(sequence(oid(OID.commonName), utf8(request.subject ?? 'agent-prod-01')))),
    spkiOf(publicKey),
    context(0, ...attributes),
  );
  const signature = sign('sha256', info, { key: request.signer ?? privateKey, dsaEncoding: 'der' });
  const der = sequence(info, sequence(oid(OID.ecdsaWithSha256)), bits(signature));
  return { csr: toPem('CERTIFICATE REQUEST', der), publicKey, privateKey };
}
