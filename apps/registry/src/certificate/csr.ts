import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import { AGENT_URI, MAX_CSR_BYTES } from '@ao/contracts';
import {
  bitsIn,
  childrenIn,
  childrenOf,
  contextTag,
  decode,
  type Der,
  DerError,
  expected,
  fromPem,
  OID,
  oidIn,
  TAG,
} from '@ao/x509';

/** Of signatures over requests, by object identifier: the hash, null where the algorithm has its own. */
const SIGNATURES: Readonly<Record<string, { readonly hash: string | null; readonly keys: readonly string[] }>> = {
  '1.2.840.10045.4.3.2': { hash: 'sha256', keys: ['ec'] },
  '1.2.840.10045.4.3.3': { hash: 'sha384', keys: ['ec'] },
  '1.2.840.10045.4.3.4': { hash: 'sha512', keys: ['ec'] },
  '1.2.840.113549.1.1.11': { hash: 'sha256', keys: ['rsa'] },
  '1.2.840.113549.1.1.12': { hash: 'sha384', keys: ['rsa'] },
  '1.2.840.113549.1.1.13': { hash: 'sha512', keys: ['rsa'] },
  '1.3.101.112': { hash: null, keys: ['ed25519'] },
};

const CURVES = ['prime256v1', 'secp384r1'];
const LEAST_RSA_BITS = 2048;
const MOST_RSA_BITS = 4096;
const URI_NAME = contextTag(6, false);

/** Why a request is refused, in words that follow "must …" or name the fault. */
export class CsrRefused extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'CsrRefused';
  }
}

/**
 * The key of a certificate signing request (PKCS#10, RFC 2986), whose sender has proved to have its private half. Subject
 * and names are not taken from it; one that claims to be an authority, or another agent, is refused.
 * @param agentId who asks; undefined when it has no id yet
 * @throws CsrRefused
 */
export function keyOfRequest(pem: string, agentId: string | undefined): KeyObject {
  if (Buffer.byteLength(pem) > MAX_CSR_BYTES) throw new CsrRefused(`must not be larger than ${MAX_CSR_BYTES} bytes`);
  const bytes = fromPem(['CERTIFICATE REQUEST', 'NEW CERTIFICATE REQUEST'], pem);
  if (!bytes) throw new CsrRefused('must be one PEM block, a CERTIFICATE REQUEST');
  try {
    return checkedKey(bytes, agentId);
  } catch (error) {
    if (error instanceof DerError) throw new CsrRefused(`is not a certificate request (PKCS#10): ${error.message}`);
    throw error;
  }
}

function checkedKey(bytes: Buffer, agentId: string | undefined): KeyObject {
  const [info, algorithm, signature] = childrenIn(decode(bytes), TAG.sequence);
  const [version, subject, spki, attributes] = childrenIn(info, TAG.sequence);
  if (!expected(version, TAG.integer).content.equals(Buffer.from([0])))
    throw new CsrRefused('must be a certificate request of version 1');
  const key = usableKey(expected(spki, TAG.sequence));
  const known = SIGNATURES[oidIn(childrenIn(algorithm, TAG.sequence)[0])];
  if (!known?.keys.includes(key.asymmetricKeyType ?? ''))
    throw new CsrRefused('must be signed by its own key with SHA-256 or more, or Ed25519');
  if (!verify(known.hash, info!.whole, { key, dsaEncoding: 'der' }, bitsIn(signature)))
    throw new CsrRefused('must be signed by the key it names, but its signature is wrong');
  refuseClaims(expected(subject, TAG.sequence), attributes, agentId);
  return key;
}

function usableKey(spki: Der): KeyObject {
  let key: KeyObject;
  try {
    key = createPublicKey({ key: spki.whole, format: 'der', type: 'spki' });
  } catch {
    throw new CsrRefused('must hold a public key that can be used');
  }
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  const bits = details?.modulusLength ?? 0;
  if (type === 'ed25519') return key;
  if (type === 'ec' && CURVES.includes(details?.namedCurve ?? '')) return key;
  if (type === 'rsa' && bits >= LEAST_RSA_BITS && bits <= MOST_RSA_BITS) return key;
  throw new CsrRefused('must hold a key on P-256 or P-384, an Ed25519 key, or an RSA key of 2048 to 4096 bits');
}

/** What it says of itself is not used; what it must not say even so is being an authority, or somebody else. */
function refuseClaims(subject: Der, attributes: Der | undefined, agentId: string | undefined): void {
  for (const name of commonNames(subject)) {
    const claimed = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(name) ? name.toLowerCase() : undefined;
    if (claimed !== undefined && claimed !== agentId)
      throw new CsrRefused('must not name another agent as its subject');
  }
  if (!attributes) return;
  for (const { id, value } of requestedExtensions(attributes)) {
    if (id === OID.basicConstraints && childrenIn(decode(value), TAG.sequence)[0]?.tag === TAG.boolean)
      throw new CsrRefused('must not ask for a certificate authority (CA:TRUE)');
    if (id === OID.keyUsage && ((decode(value).content[1] ?? 0) & 0x06) !== 0)
      throw new CsrRefused('must not ask for the right to sign certificates');
    if (id !== OID.subjectAltName) continue;
    for (const { tag, content } of childrenIn(decode(value), TAG.sequence)) {
      const uri = tag === URI_NAME ? content.toString('latin1') : '';
      if (uri.toLowerCase().startsWith('spiffe:') && uri !== `${AGENT_URI}${agentId ?? ''}`)
        throw new CsrRefused('must not name another identity in its subject alternative name');
    }
  }
}

function commonNames(subject: Der): string[] {
  return childrenOf(subject).flatMap((part) =>
    childrenIn(part, TAG.set).flatMap((attribute) => {
      const [type, value] = childrenIn(attribute, TAG.sequence);
      return oidIn(type) === OID.commonName && value ? [value.content.toString('latin1')] : [];
    }),
  );
}

function requestedExtensions(attributes: Der): { id: string; value: Buffer }[] {
  return childrenIn(attributes, contextTag(0, true)).flatMap((attribute) => {
    const [type, values] = childrenIn(attribute, TAG.sequence);
    if (oidIn(type) !== OID.extensionRequest) return [];
    return childrenIn(values, TAG.set).flatMap((list) =>
      childrenIn(list, TAG.sequence).map((item) => {
        const parts = childrenIn(item, TAG.sequence);
        return { id: oidIn(parts[0]), value: expected(parts.at(-1), TAG.octets).content };
      }),
    );
  });
}
