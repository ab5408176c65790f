import { createHash, randomBytes, sign, type KeyObject } from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';
import {
  bits,
  boolean,
  context,
  contextPrimitive,
  encode,
  integer,
  octets,
  oid,
  sequence,
  set,
  TAG,
  time,
  utf8,
} from './der';

/** What is written of X.509 (RFC 5280): certificates of an authority, of its agents and of the gateways that they meet, and its list of revoked ones. */

export const OID = {
  commonName: '2.5.4.3',
  organization: '2.5.4.10',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  crlNumber: '2.5.29.20',
  reasonCode: '2.5.29.21',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
  extensionRequest: '1.2.840.113549.1.9.14',
} as const;

const ALGORITHM = sequence(oid(OID.ecdsaWithSha256));
/** Kinds of names in a subject alternative name (RFC 5280 section 4.2.1.6). */
const NAME = { dns: 2, uri: 6, address: 7 } as const;
/** digitalSignature; keyCertSign and cRLSign. */
const KEY_USAGE = { leaf: bits(Buffer.from([0x80]), 7), authority: bits(Buffer.from([0x06]), 1) };

/** 128 random bits but for the first two, which are 01: positive, and as long everywhere. Lower-case hex. */
export function newSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0]! & 0x3f) | 0x40;
  return bytes.toString('hex');
}

/** The key's own bytes, hashed: how certificates name it. */
function keyIdentifier(spki: Buffer): Buffer {
  return createHash('sha256').update(spki).digest().subarray(0, 20);
}

export const spkiOf = (key: KeyObject) => key.export({ format: 'der', type: 'spki' });

const nameOf = (commonName: string) =>
  sequence(
    set(sequence(oid(OID.organization), utf8('agent-orchestration'))),
    set(sequence(oid(OID.commonName), utf8(commonName))),
  );

const extension = (id: string, critical: boolean, value: Buffer) =>
  sequence(oid(id), ...(critical ? [boolean(true)] : []), octets(value));

/** ECDSA with SHA-256 over what was written. */
const signed = (body: Buffer, key: KeyObject) =>
  sequence(body, ALGORITHM, bits(sign('sha256', body, { key, dsaEncoding: 'der' })));

interface Validity {
  /** Unix milliseconds; certificates know whole seconds. */
  readonly notBefore: number;
  readonly notAfter: number;
}

/** Who signs: its name, its key. */
export interface Issuer {
  readonly name: string;
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

function certificate(
  issuer: Issuer,
  subject: string,
  spki: Buffer,
  serial: string,
  { notBefore, notAfter }: Validity,
  extensions: readonly Buffer[],
): Buffer {
  const body = sequence(
    context(0, integer(2)),
    integer(Buffer.from(serial, 'hex')),
    ALGORITHM,
    nameOf(issuer.name),
    sequence(time(notBefore), time(notAfter)),
    nameOf(subject),
    spki,
    context(3, sequence(...extensions)),
  );
  return signed(body, issuer.privateKey);
}

const issuedBy = ({ publicKey }: Issuer) =>
  extension(OID.authorityKeyIdentifier, false, sequence(contextPrimitive(0, keyIdentifier(spkiOf(publicKey)))));

/** An authority's own certificate: it may sign what agents have, and no further authority. */
export function authorityCertificate(issuer: Issuer, serial: string, validity: Validity): Buffer {
  const spki = spkiOf(issuer.publicKey);
  return certificate(issuer, issuer.name, spki, serial, validity, [
    extension(OID.basicConstraints, true, sequence(boolean(true), integer(0))),
    extension(OID.keyUsage, true, KEY_USAGE.authority),
    extension(OID.subjectKeyIdentifier, false, octets(keyIdentifier(spki))),
  ]);
}

export interface AgentSubject {
  readonly agentId: string;
  readonly uri: string;
  readonly publicKey: KeyObject;
}

/** An agent's: it proves who a client is, and nothing else. Nothing but the key comes from whoever asked. */
export function agentCertificate(issuer: Issuer, agent: AgentSubject, serial: string, validity: Validity): Buffer {
  const { agentId, publicKey, uri } = agent;
  const names = [contextPrimitive(NAME.uri, Buffer.from(uri))];
  return leafCertificate(issuer, { subject: agentId, publicKey, names, usage: OID.clientAuth }, serial, validity);
}

export interface ServerSubject {
  readonly subject: string;
  /** Host names and IP addresses. */
  readonly names: readonly string[];
  readonly publicKey: KeyObject;
}

/** A server's, for those who trust the authority: it proves where a client is, and nothing else. */
export function serverCertificate(issuer: Issuer, server: ServerSubject, serial: string, validity: Validity): Buffer {
  const { subject, publicKey } = server;
  const names = server.names.map(hostName);
  return leafCertificate(issuer, { subject, publicKey, names, usage: OID.serverAuth }, serial, validity);
}

interface Leaf {
  readonly subject: string;
  readonly publicKey: KeyObject;
  readonly names: readonly Buffer[];
  /** The one purpose that it has. */
  readonly usage: string;
}

function leafCertificate(
  issuer: Issuer,
  { subject, publicKey, names, usage }: Leaf,
  serial: string,
  validity: Validity,
): Buffer {
  const spki = spkiOf(publicKey);
  return certificate(issuer, subject, spki, serial, validity, [
    extension(OID.basicConstraints, true, sequence()),
    extension(OID.keyUsage, true, KEY_USAGE.leaf),
    extension(OID.extendedKeyUsage, true, sequence(oid(usage))),
    extension(OID.subjectAltName, false, sequence(...names)),
    extension(OID.subjectKeyIdentifier, false, octets(keyIdentifier(spki))),
    issuedBy(issuer),
  ]);
}

function hostName(name: string): Buffer {
  if (isIPv4(name)) return contextPrimitive(NAME.address, Buffer.from(name.split('.').map(Number)));
  if (isIPv6(name)) return contextPrimitive(NAME.address, addressBytes(name));
  return contextPrimitive(NAME.dns, Buffer.from(name, 'ascii'));
}

/** The 16 bytes of an IPv6 address. */
function addressBytes(address: string): Buffer {
  const [first = [], last = []] = address.split('::', 2).map(groupsOf);
  const groups = [...first, ...Array.from({ length: 8 - first.length - last.length }, () => 0), ...last];
  return Buffer.from(groups.flatMap((group) => [group >> 8, group & 255]));
}

function groupsOf(part: string): number[] {
  if (part === '') return [];
  return part.split(':').flatMap((group) => {
    if (!group.includes('.')) return [parseInt(group, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number);
    return [(a << 8) | b, (c << 8) | d];
  });
}

export interface Revoked {
  readonly serial: string;
  /** Unix milliseconds. */
  readonly at: number;
  /** RFC 5280 section 5.3.1; 0 (unspecified) is not written. */
  readonly reason: number;
}

/** The list of revoked certificates, version 2. `number` grows with every list. */
export function revocationList(
  issuer: Issuer,
  revoked: readonly Revoked[],
  { number, from, until }: { readonly number: number; readonly from: number; readonly until: number },
): Buffer {
  const entries = revoked.map(({ serial, at, reason }) =>
    sequence(
      integer(Buffer.from(serial, 'hex')),
      time(at),
      ...(reason === 0
        ? []
        : [sequence(extension(OID.reasonCode, false, encode(TAG.enumerated, Buffer.from([reason]))))]),
    ),
  );
  const body = sequence(
    integer(1),
    ALGORITHM,
    nameOf(issuer.name),
    time(from),
    time(until),
    // An empty list must be left out.
    ...(entries.length > 0 ? [sequence(...entries)] : []),
    context(0, sequence(issuedBy(issuer), extension(OID.crlNumber, false, integer(number)))),
  );
  return signed(body, issuer.privateKey);
}
