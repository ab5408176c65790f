import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { CommandClient } from '@ao/messaging';
import { isoTime, reject } from '@ao/kernel';
import { childrenIn, decode, fromPem, TAG } from '@ao/x509';
import { createPublicKey } from 'node:crypto';
import { authorityOf } from '../access/certificate.testing';
import { ServerCertificate, type ServerIdentity } from './server-certificate';

const authority = authorityOf('agents');
const LIFE_MS = 60_000;

/** What a registry makes of a request. */
function signed({ csr, names }: { csr: string; names: string[] }) {
  const [info] = childrenIn(decode(fromPem(['CERTIFICATE REQUEST'], csr)!), TAG.sequence);
  const spki = childrenIn(info, TAG.sequence)[2]!.whole;
  const key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
  const { pem, serial } = authority.forRequest(key, LIFE_MS, ...names);
  return { serial, certificate: pem, expires_at: isoTime(Date.now() + LIFE_MS) };
}

describe("the certificate of the agents' port", () => {
  let away: boolean;
  let asked: { csr: string; names: string[] }[];
  let issued: ServerIdentity[];
  let failures: unknown[];
  let certificate: ServerCertificate;

  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'performance'] });
    [away, asked, issued, failures] = [false, [], [], []];
    const send = async (_contract: unknown, data: { csr: string; names: string[] }) => {
      asked.push(data);
      if (away) return reject('unavailable', 'service_unavailable', 'nobody answers');
      return { kind: 'done', result: signed(data), position: 1 };
    };
    certificate = new ServerCertificate({
      commands: { send: send as unknown as CommandClient['send'] },
      clock: { now: () => Date.now() },
      names: ['localhost', '127.0.0.1'],
      onIssued: (identity) => issued.push(identity),
      onFailure: (error) => failures.push(error),
    });
  });
  afterEach(() => {
    certificate.stop();
    jest.useRealTimers();
  });

  const pass = (milliseconds: number) => jest.advanceTimersByTimeAsync(milliseconds);

  it('should go with a key that never left, and be renewed with another before it ends', async () => {
    certificate.start();
    await pass(0);
    expect(issued).toHaveLength(1);
    await pass(LIFE_MS / 2);
    expect(issued).toHaveLength(1);
    await pass(LIFE_MS / 4);
    expect(issued).toHaveLength(2);
    for (const { cert, key } of issued) {
      const read = new X509Certificate(cert);
      expect(read.checkPrivateKey(createPrivateKey(key))).toBe(true);
      expect(read.checkIP('127.0.0.1')).toBe('127.0.0.1');
    }
    expect(new Set(issued.map(({ key }) => key)).size).toBe(2);
    expect(JSON.stringify(asked)).not.toContain('PRIVATE');
  });

  it('should be asked for until there is a registry, less and less often, and complained about once', async () => {
    away = true;
    certificate.start();
    await pass(60_000);
    // 0.5, 1, 2, 4, 8, 16, then every 30 s.
    expect(asked).toHaveLength(7);
    expect([failures.length, issued.length]).toEqual([1, 0]);
    away = false;
    await pass(30_000);
    expect(issued).toHaveLength(1);
    expect(failures).toHaveLength(1);
  });

  it('should not be asked for any more after its end', async () => {
    certificate.start();
    await pass(0);
    certificate.stop();
    await pass(10 * LIFE_MS);
    expect(asked).toHaveLength(1);
  });
});
