import { createHash, generateKeyPairSync, verify, X509Certificate } from 'node:crypto';
import { newId } from '@ao/kernel';
import { bitsIn, certificateRequest, childrenIn, contextTag, decode, OID, oidIn, spkiOf, TAG } from '@ao/x509';
import { authority, newAuthority } from './authority';
import { keyOfRequest } from './csr';
import { testRequest, type TestRequest } from './csr.testing';

const NOW = Date.UTC(2026, 0, 10, 14, 23, 45);
const clock = { now: () => NOW };
const { certificate, privateKey } = newAuthority(NOW);
const ca = authority(certificate, privateKey, clock);
const agentId = newId();

describe("an agent's certificate", () => {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const issued = ca.issue(agentId, publicKey);
  const read = new X509Certificate(issued.certificate);
  const authorityRead = new X509Certificate(certificate);

  it('should be signed by the authority, for the key given, and for a day', () => {
    expect(read.verify(authorityRead.publicKey)).toBe(true);
    expect(read.checkIssued(authorityRead)).toBe(true);
    expect(spkiOf(read.publicKey)).toEqual(spkiOf(publicKey));
    expect([read.validFrom, read.validTo]).toEqual(['Jan 10 14:18:45 2026 GMT', 'Jan 11 14:23:45 2026 GMT']);
    expect(issued).toMatchObject({ not_before: '2026-01-10T14:18:45.000Z', expires_at: '2026-01-11T14:23:45.000Z' });
    expect(issued.fingerprint).toBe(createHash('sha256').update(read.raw).digest('hex'));
  });

  it('should name the agent, and be good for a client alone', () => {
    expect(read.subjectAltName).toBe(`URI:spiffe://agent-orchestration/agent/${agentId}`);
    expect(read.subject).toContain(`CN=${agentId}`);
    expect(read.ca).toBe(false);
    // What node calls keyUsage is the extended one.
    expect(read.keyUsage).toEqual([OID.clientAuth]);
    expect(read.serialNumber.toLowerCase()).toBe(issued.serial);
  });

  it('should have another serial every time, of far more than 64 random bits', () => {
    const serials = new Set(Array.from({ length: 50 }, () => ca.issue(agentId, publicKey).serial));
    expect(serials.size).toBe(50);
    for (const serial of serials) expect(serial).toMatch(/^[4-7][0-9a-f]{31}$/);
  });

  it('should come from an authority that says so, and not be good for another one', () => {
    expect(authorityRead.ca).toBe(true);
    expect(authorityRead.verify(authorityRead.publicKey)).toBe(true);
    const other = new X509Certificate(newAuthority(NOW).certificate);
    expect(read.verify(other.publicKey)).toBe(false);
  });
});

describe("a gateway's certificate", () => {
  const keys = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const names = ['localhost', 'gateway.example.org', '127.0.0.1', '::1', '2001:db8::ff00:42:8329', '::ffff:10.1.2.3'];
  const read = (lifetime?: number, from = NOW) =>
    new X509Certificate(
      authority(certificate, privateKey, { now: () => from }, lifetime).issueForGateway(
        names,
        keyOfRequest(certificateRequest(keys), undefined),
      ).certificate,
    );

  it('should be good for a server with these names alone, and for the key of the request', () => {
    const issued = read();
    expect(issued.checkIssued(new X509Certificate(certificate))).toBe(true);
    expect([issued.keyUsage, issued.ca]).toEqual([[OID.serverAuth], false]);
    expect(issued.publicKey.equals(keys.publicKey)).toBe(true);
    for (const name of ['localhost', 'gateway.example.org']) expect(issued.checkHost(name)).toBe(name);
    for (const address of ['127.0.0.1', '::1', '2001:db8::ff00:42:8329', '::ffff:10.1.2.3'])
      expect(issued.checkIP(address)).toBe(address);
    expect([issued.checkHost('example.org'), issued.checkIP('10.1.2.3'), issued.checkIP('::2')]).toEqual(
      Array.from({ length: 3 }, () => undefined),
    );
  });

  it('should live as long as it is set, and never longer than the authority', () => {
    expect(Date.parse(read().validTo)).toBe(NOW + 86_400_000);
    expect(Date.parse(read(3_000).validTo)).toBe(NOW + 3_000_000);
    const end = Date.parse(new X509Certificate(certificate).validTo);
    expect(Date.parse(read(3_000, end - 60_000).validTo)).toBe(end);
  });
});

describe('the revocation list', () => {
  it('should name what was revoked, signed by the authority', () => {
    const { publicKey: key } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    const [one, two] = [ca.issue(agentId, key), ca.issue(agentId, key)];
    const der = ca.revocationList([
      { serial: one.serial, at: NOW - 5_000, reason: 4 },
      { serial: two.serial, at: NOW - 4_000, reason: 0 },
    ]);
    const [body, algorithm, signature] = childrenIn(decode(der), TAG.sequence);
    expect(oidIn(childrenIn(algorithm, TAG.sequence)[0])).toBe(OID.ecdsaWithSha256);
    const { publicKey } = new X509Certificate(certificate);
    expect(verify('sha256', body!.whole, { key: publicKey, dsaEncoding: 'der' }, bitsIn(signature))).toBe(true);
    const parts = childrenIn(body, TAG.sequence);
    const entries = childrenIn(parts[5], TAG.sequence).map((entry) => childrenIn(entry, TAG.sequence));
    expect(entries.map(([serial]) => serial!.content.toString('hex'))).toEqual([one.serial, two.serial]);
    expect(entries.map((entry) => entry.length)).toEqual([3, 2]);
    expect(parts[6]!.tag).toBe(contextTag(0, true));
  });

  it('should leave the list out when nothing was', () => {
    const parts = childrenIn(childrenIn(decode(ca.revocationList([])), TAG.sequence)[0], TAG.sequence);
    expect(parts).toHaveLength(6);
  });
});

describe('a certificate request', () => {
  const ofAnother = newId();
  const spiffe = 'spiffe://agent-orchestration/agent/';

  it.each<[string, TestRequest]>([
    ['as it is usual', {}],
    ['without being an authority', { ca: false }],
    ['with names that are not used', { subject: 'root', uris: ['https://example.org/'] }],
    ['for the id that it has', { subject: agentId, uris: [`${spiffe}${agentId}`] }],
    ['with a key on P-384', { keys: generateKeyPairSync('ec', { namedCurve: 'secp384r1' }) }],
  ])('should give its key %s', (_what, request) => {
    const { csr, publicKey } = testRequest(request);
    expect(spkiOf(keyOfRequest(csr, agentId))).toEqual(spkiOf(publicKey));
  });

  it.each<[string, TestRequest, RegExp]>([
    ['of an authority', { ca: true }, /CA:TRUE/],
    ['signed by another key', { signer: privateKey }, /signature is wrong/],
    ['of another agent', { uris: [`${spiffe}${ofAnother}`] }, /another identity/],
    ['of another trust domain', { uris: ['spiffe://elsewhere/agent/1'] }, /another identity/],
    ['with another agent as its subject', { subject: ofAnother }, /another agent/],
    ['on a curve that is not known', { keys: generateKeyPairSync('ec', { namedCurve: 'secp256k1' }) }, /P-256/],
  ])('rejects one %s', (_what, request, why) => {
    expect(() => keyOfRequest(testRequest(request).csr, agentId)).toThrow(why);
  });

  it('rejects an identity for whoever has none yet', () => {
    expect(() => keyOfRequest(testRequest({ uris: [`${spiffe}${agentId}`] }).csr, undefined)).toThrow(/another/);
  });

  it('rejects what is none', () => {
    const { csr } = testRequest();
    const der = Buffer.from(csr.split('\n').slice(1, -2).join(''), 'base64');
    const pem = (bytes: Buffer) =>
      `-----BEGIN CERTIFICATE REQUEST-----\n${bytes.toString('base64')}\n-----END CERTIFICATE REQUEST-----`;
    const flipped = Buffer.from(der);
    flipped[flipped.length - 1]! ^= 1;
    for (const bad of ['', 'x', certificate, csr + csr, pem(der.subarray(0, 50)), pem(flipped), pem(Buffer.alloc(40))])
      expect(() => keyOfRequest(bad, agentId)).toThrow();
    expect(() => keyOfRequest(`${csr}${'\n'.repeat(16_384)}`, agentId)).toThrow(/larger/);
    // Whatever byte is changed, it is refused or still the same key, and never anything else.
    for (let at = 0; at < der.length; at += 1) {
      const changed = Buffer.from(der);
      changed[at]! ^= 0x55;
      expect(() => keyOfRequest(pem(changed), agentId)).toThrow(/must|is not/);
    }
  });
});
